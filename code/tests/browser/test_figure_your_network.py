"""The figure that takes a network of the reader's own, in a browser, held to the package."""

import json
import re
from urllib.parse import parse_qs, urlencode

import numpy as np
import pytest

from backprop import Network, backward, examples, forward, live, mistakes, trace
from backprop.latex import fmt
from backprop.mistakes import MISTAKES
from figures import number, numbers, press, settled
from test_pasted import network_of, sessions

NET, X, T, RATE = examples.two_two_two()
UNEVEN = examples.uneven()
PYTORCH = (
    Network(*network_of(examples.tensors(examples.printed_by_pytorch().network)), "tanh"),
    *([0.5, -1.0], [1.0, 0.0], 0.5),
)
WIDE = Network([None, np.full((3, 2), 0.3), np.eye(3)], [None, [0.1, 0.2, 0.3], [0, 0, 0]], "tanh")
WIDE_X, WIDE_T = [0.5, -1.0], [0.9, -0.2, 0.4]


def own(net=NET, x=X, t=T, rate=RATE, **more):
    return live.your_network(net, x, t, rate, **more)


def enter(page, **texts):
    """Write into fields, by their labels, and leave each."""
    labels = {
        "net": "Weights and biases", "x": "Input", "t": "Target", "gradients": "Your gradients",
    }  # fmt: skip
    for key, text in texts.items():
        field = page.get_by_label(labels[key])
        field.fill(text)
        field.blur()


def choose(page, activations, loss):
    for l, activation in enumerate(activations, 1):
        page.get_by_label(f"Layer {l}", exact=True).select_option(activation)
    page.get_by_label("Loss").select_option(loss)


def answer(page):
    """Return what is said of the gradients."""
    return page.locator(".bp-answer").inner_text()


def faults(page):
    return [text for text in page.locator(".bp-fault").all_inner_texts() if text]


def told(page):
    """Return the rows of the sheet: label and value."""
    return sorted((row[0], seen(number(row[-1].lstrip("=≈\u00a0")))) for row in numbers(page))


def shown(net=NET, x=X, t=T, rate=RATE, **more):
    net = Network(net.W, net.b, net.activations, net.loss)  # with the names of any network
    steps = trace(net, x, t, rate, **more)
    return sorted((step.word, seen(number(fmt(step.value, 6)))) for step in steps)


def seen(value):
    """What cancels but for the last digits of its terms is 0; two programs leave others of them."""
    return 0 if abs(value) < 1e-15 else value


def listed(numbers):
    return " ".join(repr(float(number)) for number in numbers)


def written(W, b):
    """Return weights and biases, or their gradients, as a text of all their digits."""
    layers = [[W[l].tolist(), np.asarray(b[l]).tolist()] for l in range(1, len(W))]
    return json.dumps(layers)


# ---- what is pasted ----------------------------------------------------------------------------


@pytest.mark.parametrize("example", [examples.two_two_two(), UNEVEN, examples.tapering()])
def test_all_numbers_are_the_package_s(opened, example):
    with opened(own(*example)) as page:
        assert told(page) == shown(*example)


@pytest.mark.parametrize("session", sessions(), ids=lambda session: session[0])
def test_what_pytorch_printed_is_confirmed(opened, session):
    head, weights, gradients = session
    activations, loss, x, t = (part.strip() for part in head.split(";"))
    with opened(own()) as page:
        enter(page, net=weights, x=x, t=" ".join(t.split()[:1]))
        # the layers have their choices when the network fits; a loss asks for its last activation
        W, _ = network_of(examples.tensors(weights))
        enter(page, t=" ".join("0" for _ in W[-1]))
        choose(page, activations.split(), loss)
        enter(page, t=t, gradients=gradients)
        assert "These match" in answer(page) and not faults(page)


def test_a_printed_text_is_shown_as_it_is_if_it_is_that_of_the_network(opened):
    text = examples.printed_by_pytorch().network
    with opened(own(*PYTORCH, printed=text)) as page:
        assert page.get_by_label("Weights and biases").input_value() == text
        assert told(page) == shown(*PYTORCH)
    for other in (text.replace("0.3793", "0.3794"), text[:40], "[[1 2 3]] [0]"):
        with opened(own(*PYTORCH, printed=other)) as page:
            assert (
                page.get_by_label("Weights and biases")
                .input_value()
                .startswith("W1 [[-0.0053 0.3793] [-0.582 -0.5204] [-0.2723 0.1896]]\nb1 ")
            )
            assert told(page) == shown(*PYTORCH) and not faults(page)


def test_what_does_not_fit_yet_is_said_beside_its_field_and_the_last_network_stays(opened):
    with opened(own()) as page:
        enter(page, net=written(WIDE.W, WIDE.b))
        assert faults(page) == ["2 given, and the network has 3 outputs."]
        assert page.get_by_label("Target").get_attribute("aria-invalid") == "true"
        assert "last network that fits" in page.locator("body").inner_text()
        assert told(page) == shown()
        enter(page, t="0.9 -0.2 0.4", x="0.5 -1")
        choose(page, ["tanh", "tanh"], "half squares")
        assert not faults(page) and told(page) == shown(WIDE, WIDE_X, WIDE_T)


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("net", "[[1, 2], [3", "line 1, column 12: expected a number"),
        ("net", "tensor([[1, ..., 2]])", "set_printoptions"),
        ("net", "[[1, 2], [3, 4]] [1, 2, 3]", "2 units, and 3 biases"),
        ("net", "", "found nothing"),
        ("net", f"[[{' '.join('1' for _ in range(1001))}]]", "up to 1000"),
        ("x", "0.5", "1 given, and the network has 2 inputs"),
        ("x", "a lot", "expected a number"),
        ("t", "[[1, 2], [3, 4]]", "2 rows, where one example"),
        ("gradients", "[[1, 2]]", "gradients for 1 layer, and the network has 2"),
    ],
)
def test_what_cannot_be_read_is_refused_and_the_last_good_state_stays(opened, key, text, says):
    with opened(own()) as page:
        fields = page.locator(".bp-text > :is(input, textarea)")
        before = fields.evaluate_all("fields => fields.map((field) => field.value)")
        enter(page, **{key: text})
        assert says in faults(page)[0]
        assert told(page) == shown()
        press(page, "Start again")
        assert not faults(page) and told(page) == shown()
        assert fields.evaluate_all("fields => fields.map((field) => field.value)") == before


def test_going_back_to_what_was_there_takes_the_fault_away(opened):
    with opened(own()) as page:
        for text in ("0.5", listed(X)):
            enter(page, x=text)
        assert not faults(page) and told(page) == shown()


def test_half_a_number_is_not_said_to_be_wrong_before_it_is_left(opened):
    with opened(own()) as page:
        field = page.get_by_label("Input")
        field.fill("")
        field.press_sequentially("0.05 0.1, ")
        assert not faults(page)
        field.press_sequentially("x")
        assert not faults(page)
        field.blur()
        assert faults(page)


def test_rows_of_square_weights_are_for_what_the_reader_says(opened):
    turned = Network([None, *(W.T for W in NET.W[1:])], NET.b, NET.activations)
    with opened(own()) as page:
        page.get_by_label("Each row").select_option("inputs")
        assert told(page) == shown(turned)
        _, dW, db = backward(turned, *forward(turned, X), T)
        enter(page, gradients=written([None, *(g.T for g in dW[1:])], db))
        assert "These match" in answer(page)
        enter(page, net=written(WIDE.W, WIDE.b), t="0 0 0")
        assert not page.get_by_label("Each row").is_visible()


def test_loss_and_activation_have_to_go_together_and_a_class_is_a_target(opened):
    with opened(own()) as page:
        page.get_by_label("Loss").select_option("softmax cross-entropy")
        assert "goes with softmax in the last layer, not with sigmoid" in " ".join(faults(page))
        page.get_by_label("Layer 2").select_option("softmax")
        assert "takes a class, or shares" in faults(page)[0]
        enter(page, t="1")
        settled(page)
        net = Network(NET.W, NET.b, [None, "sigmoid", "softmax"], "softmax cross-entropy")
        assert not faults(page) and told(page) == shown(net, t=[0, 1])


def test_rules_and_rate_can_be_changed(opened):
    with opened(own()) as page:
        page.get_by_label("Biases", exact=True).select_option("frozen")
        page.get_by_label("η, the learning rate").fill("0.25")
        assert told(page) == shown(rate=0.25, biases="frozen")
        enter(page, net="[[1 2] [3 4]] [0.1 0.2]")
        page.get_by_label("Biases", exact=True).select_option("shared")
        assert "equal at first" in faults(page)[0]


def test_a_weight_of_a_large_network_has_its_chain_and_nothing_is_drawn(opened):
    rng = np.random.default_rng(0)
    sizes = [6, *[8] * 10, 4]
    net = Network(
        [None, *(rng.normal(size=(n, m)) for m, n in zip(sizes, sizes[1:], strict=False))],
        [None, *(rng.normal(size=n) for n in sizes[1:])],
        "tanh",
    )
    x, t = rng.normal(size=6), rng.normal(size=4)
    steps = trace(net, x, t)
    with opened(own()) as page:
        enter(page, net=written(net.W, net.b), x=listed(x), t=listed(t))
        choose(page, ["tanh"] * 11, "half squares")
        assert not page.locator(".bp-drawing").count()
        chain = page.locator(".bp-chains").inner_text()
        assert fmt(steps["dE_dw1_1_1"].value, 6) in chain and "paths" in chain
        page.get_by_label("Why this gradient?").select_option("w10_1_2")
        assert fmt(steps["dE_dw10_1_2"].value, 6) in page.locator(".bp-chains").inner_text()
        assert told(page) == shown(net, x, t, RATE)


def test_a_network_whose_numbers_are_too_large_is_said_to_be_one(opened):
    with opened(own()) as page:
        page.get_by_label("Layer 2").select_option("identity")
        enter(page, net="[[1e200 1] [1 1]] [0 0] [[1e200 1] [1 1]] [1e300 0]", x="1e200 1")
        assert "too large for a computer" in settled(page, "too large")


# ---- gradients that are compared ---------------------------------------------------------------


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_by_its_gradients(opened, name):
    net, x, t, rate = UNEVEN
    with opened(
        own(*UNEVEN, gradients=written(*mistakes.gradients(net, x, t, name, rate)))
    ) as page:
        said = answer(page)
        assert MISTAKES[name].what in said and "gradients differ" in said
        others = [mistake.what for mistake in MISTAKES.values() if mistake.name != name]
        assert not [what for what in others if what in said]
        again = page.locator(".bp-answer a").get_attribute("href")
        assert again == MISTAKES[name].section.replace("#", ".html#")


def test_right_gradients_match_as_they_are_printed(opened):
    net, x, t, _ = UNEVEN
    _, dW, db = backward(net, *forward(net, x), t)
    with opened(own(*UNEVEN)) as page:
        for text in ("%.4f", "%.6e", "%r"):
            rows = [[[text % w for w in row] for row in W] for W in dW[1:]]
            biases = [[text % b for b in row.tolist()] for row in db[1:]]
            both = [str(part) for pair in zip(rows, biases, strict=True) for part in pair]
            enter(page, gradients=" ".join(both).replace("'", ""))
            assert "These match" in answer(page), text
            assert not page.locator(".bp-judged table").count()


def test_a_factor_a_sign_one_wrong_number_and_too_few_digits_are_told(opened):
    net, x, t, _ = UNEVEN
    _, dW, db = backward(net, *forward(net, x), t)

    def times(factor):
        return written(*([None, *(factor * part for part in parts[1:])] for parts in (dW, db)))

    with opened(own(*UNEVEN)) as page:
        enter(page, gradients=times(3))
        assert "wrong by the same factor" in answer(page)
        enter(page, gradients=times(1000))
        assert "1000 times the right number" in answer(page)
        enter(page, gradients=times(-1))
        assert MISTAKES["wrong sign"].what in answer(page)
        wrong = [None, *(part.copy() for part in dW[1:])]
        wrong[1][0, 1] *= 1.7
        enter(page, gradients=written(wrong, db))
        total = sum(part.size for part in (*dW[1:], *db[1:]))
        assert f"1 of {total} gradients differ" in answer(page)
        row = page.locator(".bp-judged tbody td").all_inner_texts()
        assert row[0] == "∂E/∂w12(1)" and row[2] == fmt(dW[1][0, 1], 6) and row[3] == "1.7"
        enter(page, gradients="W1 [[0.0000 0.0000] [0.0000 0.0000]] W2 None")
        assert "differ" in answer(page)


def test_gradients_too_small_for_their_digits_are_said_to_tell_nothing(opened):
    net = Network(NET.W, NET.b, "sigmoid")
    _, dW, db = backward(net, *forward(net, [1e-4, 1e-4]), T)
    texts = [f"[{' '.join(f'[{row[0]:.4f} {row[1]:.4f}]' for row in dW[1])}]"]
    with opened(own(net, [1e-4, 1e-4], T)) as page:
        enter(page, gradients=f"W1 {texts[0]} W2 None")
        said = answer(page)
        assert "These match" in said and "too few digits to tell" in said


def test_another_loss_is_named_and_two_outputs_hide_it(opened):
    mean = Network(WIDE.W, WIDE.b, WIDE.activations, "mean squares")
    _, dW, db = backward(mean, *forward(mean, WIDE_X), WIDE_T)
    with opened(own(WIDE, WIDE_X, WIDE_T, gradients=written(dW, db))) as page:
        assert "differ. They are right for another loss, mean squares." in answer(page)
        page.get_by_label("Loss").select_option("mean squares")
        assert "These match" in answer(page)
    mean = Network(NET.W, NET.b, NET.activations, "mean squares")
    _, dW, db = backward(mean, *forward(mean, X), T)
    with opened(own(gradients=written(dW, db))) as page:
        assert "These match" in answer(page)


def test_gradients_of_the_network_before_are_said_not_to_fit(opened):
    _, dW, db = backward(NET, *forward(NET, X), T)
    with opened(own(gradients=written(dW, db))) as page:
        enter(page, net="[[1 2] [3 4] [5 6]] [0 0 0] [[1 2 3] [4 5 6]] [0 0]")
        assert "are 2 by 2, and its weights 3 by 2" in faults(page)[0]
        assert not answer(page)


def test_gradients_that_are_refused_have_no_verdict(opened):
    net, x, t, _ = PYTORCH
    _, dW, db = backward(net, *forward(net, x), t)
    right = written(dW, db)
    turned = written([None, dW[1], dW[2].T], db)
    one_layer = written([None, dW[1]], [None, db[1]])
    wrong = written([None, 3 * dW[1], dW[2]], db)
    with opened(own(*PYTORCH)) as page:
        for before, says in ((right, "These match"), (wrong, "differ")):
            for refused in (turned, one_layer, "hello"):
                enter(page, gradients=before)
                assert says in answer(page) and not faults(page)
                enter(page, gradients=refused)
                assert len(faults(page)) == 1 and not answer(page), refused
                assert not page.locator(".bp-judged table").count()
                # nor after another choice, which shows the rest anew
                page.get_by_label("Biases", exact=True).select_option("frozen")
                assert len(faults(page)) == 1 and not answer(page), refused
                page.get_by_label("Biases", exact=True).select_option("updated")
        field = page.get_by_label("Your gradients")
        enter(page, gradients=right)
        field.press("End")
        field.press("Backspace")  # a bracket is missing, as in what is half typed
        assert not answer(page) and not faults(page)
        field.press("]")
        assert "These match" in answer(page)
        enter(page, gradients="hello")
        press(page, "Start again")
        assert field.input_value() == "" and not faults(page) and not answer(page)


def test_gradients_that_came_before_their_network_are_judged_with_it(opened):
    _, dW, db = backward(WIDE, *forward(WIDE, WIDE_X), WIDE_T)
    with opened(own()) as page:
        enter(page, gradients=written(dW, db))
        assert faults(page) and not answer(page)
        enter(page, net=written(WIDE.W, WIDE.b), x=listed(WIDE_X), t=listed(WIDE_T))
        choose(page, ["tanh", "tanh"], "half squares")
        assert "These match" in answer(page) and not faults(page)


# ---- its state, its sheet ----------------------------------------------------------------------


def test_a_link_brings_the_whole_network_back(opened):
    with opened(own()) as page:
        enter(page, net=written(WIDE.W, WIDE.b), t="0.9 -0.2 0.4", x="0.5 -1")
        choose(page, ["tanh", "tanh"], "half squares")
        settled(page)
        link = page.get_by_role("link", name="Copy link").get_attribute("href")
    with opened(own(), link) as page:
        assert told(page) == shown(WIDE, WIDE_X, WIDE_T)
        assert (
            page.get_by_label("Weights and biases")
            .input_value()
            .startswith("W1 [[0.3 0.3] [0.3 0.3] [0.3 0.3]]\nb1 [0.1 0.2 0.3]\nW2 ")
        )
        press(page, "Start again")
        assert told(page) == shown()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"net": "[[1 2"}, "line 1, column 6"),
        ({"net": "[[1 2]] [0]"}, "the network has 1 outputs"),
        ({"loss": "anger"}, "no loss is called “anger”"),
        ({"activations": "sigmoid swish"}, "no activation is called “swish”"),
        ({"biases": "melted"}, "no rule for biases"),
        ({"learning_rate": "-1"}, "learning_rate=-1"),
    ],
)
def test_what_an_address_cannot_mean_is_said_and_the_start_stays(opened, query, says):
    with opened(own(), f"#own?{urlencode(query)}") as page:
        settled(page)
        assert says in " ".join([*faults(page), page.get_by_role("status").inner_text()])
        assert told(page) == shown()


def test_a_network_too_large_for_a_link_is_said_to_be_one(opened):
    rng = np.random.default_rng(0)
    net = Network([None, rng.normal(size=(20, 45))], [None, rng.normal(size=20)], "tanh")
    with opened(own()) as page:
        zeros = " ".join("0" for _ in range(45))
        enter(page, net=written(net.W, net.b), x=zeros, t=" ".join("0" for _ in range(20)))
        settled(page)
        assert page.locator("a", has_text="Copy link").is_hidden()
        assert "Too large for a link" in page.locator(".bp-foot").inner_text()


def test_the_link_says_only_what_was_changed(opened):
    with opened(own(*PYTORCH, printed=examples.printed_by_pytorch().network)) as page:
        enter(page, x="0.5 0.25")
        settled(page)
        link = page.get_by_role("link", name="Copy link").get_attribute("href")
        assert parse_qs(link.split("?")[1]) == {"x": ["0.5 0.25"]}


def test_paper_shows_the_worked_pass_and_alone_if_asked(opened):
    with opened(own()) as page:
        page.evaluate("""() => {
            document.body.insertAdjacentHTML("afterbegin", "<p id=beside>beside</p>");
            window.print = () => { window.asked = true };
        }""")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        rows = page.locator(".bp-sheet tbody tr")
        assert rows.count() == len(shown()) and rows.first.is_visible()
        assert "2-2-2 network" in page.locator("caption").inner_text()
        assert page.locator("#beside").is_visible()
        assert not page.locator("[role=img]").first.is_visible()
        assert not page.get_by_label("Input").is_visible()
        page.emulate_media(media="screen")
        press(page, "Print this")
        page.emulate_media(media="print")
        assert page.evaluate("window.asked") and not page.locator("#beside").is_visible()
        assert rows.first.is_visible()
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("#beside").is_visible()


def test_on_a_phone_nothing_is_wider_than_the_screen(opened):
    with opened(own(WIDE, WIDE_X, WIDE_T), viewport={"width": 375, "height": 800}) as page:
        page.add_style_tag(content="body{margin:16px}.bp-scroll{overflow-x:auto}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        assert re.search(r"≈|=", page.locator(".bp-chains").inner_text())

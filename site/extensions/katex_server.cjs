// Renders TeX: a line of JSON {tex, display} comes in, a line {html} or {error} goes out.
const katex = require(require.resolve("katex", { paths: [process.argv[2]] }));

const options = {
  output: "htmlAndMathml", // what is seen, and what a screen reader reads
  strict: "error", // what LaTeX would reject is rejected here too
  trust: false,
  throwOnError: true,
};

require("node:readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { tex, display } = JSON.parse(line);
    let answer;
    try {
      answer = { html: katex.renderToString(tex, { ...options, displayMode: display }) };
    } catch (error) {
      answer = { error: error.message };
    }
    console.log(JSON.stringify(answer));
  });

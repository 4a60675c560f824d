"""What is printed or sent: worksheets with their keys, worked examples, questions for Moodle.

Nothing of `live` is imported: paper has no scripts.
"""

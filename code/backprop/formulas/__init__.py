"""The key formulas, and how this book and others write them.

Nothing here knows a number: nothing of `draw`, `practice`, `live` or `paper` is imported.
"""

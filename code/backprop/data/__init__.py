"""What is given, and what others printed: files, and the modules that read them.

Only the arithmetic is imported here, and nothing here computes a pass.
"""

"""The platform at full speed, and a model in plain integers beside it that says what must have come of it.

What is done is planned from the seed alone, whatever the answers are (`operations`). The model (`model`) is told what
was acknowledged, and knows of the product only its price list and what docs/platform.md promises.
"""

"""x"""


def load() -> bool:
    return True

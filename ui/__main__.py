"""`python -m ui`: the chat, as `sanad chat` serves it."""

import sys

from rag.__main__ import main

if __name__ == "__main__":
    main(["chat", *sys.argv[1:]])

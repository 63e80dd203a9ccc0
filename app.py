"""Launch the chat: `python app.py` is `rag chat`."""

import sys

from rag.cli import main

if __name__ == "__main__":
    sys.exit(main(["chat", *sys.argv[1:]]))

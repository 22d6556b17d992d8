"""The norm against trading security controls: in which crisis it breaks, and what it is worth."""

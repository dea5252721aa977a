"""A shop: the whole server side of it is ``hooks.py``, ``schema.py`` and one command."""

"""Rules, filters and sorts -> SQL. The order of the modules is the order of work.

``tokens`` and ``parse`` read the text (``nodes``); ``resolve`` looks names up (``scope``,
``paths``, ``inputs``, ``macros``, ``functions``) and makes a ``plan``; ``compile`` writes it as
SQL (``joins``, ``operands``, ``compare``, ``every_row``, ``narrow``, ``dialects``). Others come in
by ``select`` for rows, ``judge`` for yes or no, ``check`` for rules about to be saved, ``bind`` for
filters written in Python and ``predicate`` for Django's own queries.
"""

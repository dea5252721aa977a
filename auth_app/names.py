"""The names of the system collections and the ids that clients know them by."""

from __future__ import annotations

SUPERUSERS = "_superusers"
MFAS = "_mfas"
OTPS = "_otps"
EXTERNAL_AUTHS = "_externalAuths"
AUTH_ORIGINS = "_authOrigins"
USERS = "users"

#: collections whose rows belong to an auth record, named by ``collectionRef`` and ``recordRef``
BELONGINGS = (MFAS, OTPS, EXTERNAL_AUTHS, AUTH_ORIGINS)

#: the account that exists only until the first superuser is made
INSTALLER_EMAIL = "__pbinstaller@example.com"

"""allauth's two apps as far as they are needed: their classes, not their tables, views and checks.

Its models can only be imported when its apps are installed. We make unsaved ``SocialApp``s of a
collection's options, and keep users, addresses and links in collections.
"""

from __future__ import annotations

from allauth.account.apps import AccountConfig
from allauth.socialaccount.apps import SocialAccountConfig
from django.apps import AppConfig
from django.db.models import DO_NOTHING


class Accounts(AccountConfig):
    """Installed because ``socialaccount``'s models import its models."""

    def ready(self) -> None:
        """Leave out what its views need: a middleware for every request, and checks."""
        _keep_out_of_the_database(self)


class SocialAccounts(SocialAccountConfig):
    """The classes of providers; there is no registry, ``providers`` names those we have."""

    def ready(self) -> None:
        _keep_out_of_the_database(self)


def _keep_out_of_the_database(app: AppConfig) -> None:
    """Give the app's models no tables and no permissions, and let no deletion look for their rows.

    Their migrations are switched off in the settings (``MIGRATION_MODULES``).
    """
    for model in app.get_models():
        model._meta.managed = False
        model._meta.default_permissions = ()
        for field in model._meta.local_fields:
            if field.remote_field is not None:
                field.remote_field.on_delete = DO_NOTHING

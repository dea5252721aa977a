"""Who may use the dashboard: its users and the groups that say what editors may do."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from auth_app import editor_rights
from auth_app.models import StaffUser

admin.site.unregister((Group, EmailAddress, SocialApp, SocialToken, SocialAccount))
# not the users of the app, which are records
StaffUser._meta.verbose_name = "dashboard user"
StaffUser._meta.verbose_name_plural = "dashboard users"


@admin.register(Group)
class EditorGroupAdmin(GroupAdmin, ModelAdmin):  # type: ignore[misc]
    """What the editors in a group may do: with records of collections, and with apps' models."""

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any
    ) -> Any:
        """Offer rights to what the dashboard shows, and to nothing else."""
        if db_field.name == "permissions":
            shown = {model._meta.app_label for model in admin.site._registry}
            others = Permission.objects.filter(content_type__app_label__in=shown)
            offered = editor_rights.every_one() | others
            kwargs["queryset"] = offered.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(StaffUser)
class StaffUserAdmin(UserAdmin, ModelAdmin):  # type: ignore[misc, type-arg]
    """Editors. Superusers are shown, and kept in the ``_superusers`` collection."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("__str__", "username", "is_active", "kind", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("username", "email")
    ordering = ("username",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "email", "first_name", "last_name")}),
        ("May do", {"fields": ("is_active", "is_staff", "groups")}),
        ("Set by the server", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "password1", "password2")}),)
    readonly_fields = ("last_login", "date_joined")

    @admin.display(description="Kind")
    def kind(self, user: StaffUser) -> str:
        return "editor" if user.record_id is None else "superuser"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """An editor who is added here is there to come in."""
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_change_permission(request, obj)
        return may and not (obj is not None and obj.record_id is not None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_delete_permission(request, obj)
        return may and not (obj is not None and obj.record_id is not None)

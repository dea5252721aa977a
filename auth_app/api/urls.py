"""The paths of signing in."""

from __future__ import annotations

from django.urls import path

from auth_app.api import account, installer, oauth2_redirect, oauth2_setup, sign_in

_C = "api/collections/<str:collection>"

urlpatterns = [
    path(f"{_C}/auth-with-password", sign_in.auth_with_password),
    path(f"{_C}/auth-refresh", sign_in.auth_refresh),
    path(f"{_C}/auth-methods", sign_in.auth_methods),
    path(f"{_C}/auth-with-oauth2", sign_in.auth_with_oauth2),
    path(f"{_C}/request-otp", sign_in.request_otp),
    path(f"{_C}/auth-with-otp", sign_in.auth_with_otp),
    path(f"{_C}/impersonate/<str:record_id>", sign_in.impersonate),
    path(f"{_C}/request-verification", account.request_verification),
    path(f"{_C}/confirm-verification", account.confirm_verification),
    path(f"{_C}/request-password-reset", account.request_password_reset),
    path(f"{_C}/confirm-password-reset", account.confirm_password_reset),
    path(f"{_C}/request-email-change", account.request_email_change),
    path(f"{_C}/confirm-email-change", account.confirm_email_change),
    path("api/collections/meta/oauth2-providers", oauth2_setup.list_providers),
    path("api/settings/apple/generate-client-secret", oauth2_setup.apple_client_secret),
    path("api/oauth2-redirect", oauth2_redirect.oauth2_redirect),
    path("_/install/<str:token>", installer.install),
]

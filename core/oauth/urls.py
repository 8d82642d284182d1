from django.contrib.auth.views import LogoutView
from django.urls import path, re_path

from core.oauth.pages import AuthorizeView, LoginView
from core.oauth.views import IntrospectView, RevokeView, TokenInfoView, TokenView

urlpatterns = [
    re_path(r"^oauth/token/?\Z", TokenView.as_view(), name="oauth-token"),
    re_path(r"^auth/tokens/?\Z", TokenView.as_view(lifetime=3600), name="jobs-token"),
    re_path(r"^oauth/token/info/?\Z", TokenInfoView.as_view(), name="oauth-token-info"),
    re_path(r"^oauth/revoke/?\Z", RevokeView.as_view(), name="oauth-revoke"),
    re_path(r"^oauth/introspect/?\Z", IntrospectView.as_view(), name="oauth-introspect"),
    re_path(r"^oauth/authorize/?\Z", AuthorizeView.as_view(), name="oauth-authorize"),
    path("accounts/login/", LoginView.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
]

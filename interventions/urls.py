from django.urls import path

from interventions import provider, verification

urlpatterns = [
    path("provider/<str:token>", provider.provider_page, name="provider-intervention"),
    path("verify/<str:code>", verification.verify_page, name="verify-report"),
]

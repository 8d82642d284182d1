from django.urls import path

from appointments import customer, customer_waiting

urlpatterns = [
    path("appointments/<str:token>", customer.appointment_page, name="customer-appointment"),
    path("appointments/<str:token>/times", customer.times_page, name="customer-times"),
    path("waitings/<str:token>", customer_waiting.waiting_page, name="customer-waiting"),
]

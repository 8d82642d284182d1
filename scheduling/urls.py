from django.urls import path

from scheduling import student

urlpatterns = [
    path("", student.home_page, name="student-home"),
    path("services/<str:token>", student.service_page, name="student-service"),
    path("closes/<str:token>", student.close_page, name="student-close"),
]

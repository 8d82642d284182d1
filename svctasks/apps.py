from django.apps import AppConfig


class SvctasksConfig(AppConfig):
    name = "svctasks"

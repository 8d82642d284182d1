"""What drf-spectacular is told; nothing of it comes from the environment."""

SPECTACULAR_SETTINGS = {
    "TITLE": "Dutyboard",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_PERMISSIONS": ["core.api.permissions.Anyone"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/(v2|v1|api|rest)",
    "COMPONENT_SPLIT_REQUEST": True,
    "PREPROCESSING_HOOKS": ["core.api.openapi.plain_paths"],
    "POSTPROCESSING_HOOKS": ["core.api.openapi_common.add_common"],
}

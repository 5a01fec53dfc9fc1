"""What `workbook run` has uvicorn serve: the app that the environment names, in
`WithSwaggerUI`.

uvicorn imports this in a process of its own, and anew at each save.
"""

import os

from fastapi import FastAPI
from uvicorn.importer import import_from_string

from workbook.serving import APP, TITLE
from workbook.swagger_ui import WithSwaggerUI

app = import_from_string(os.environ[APP])
if isinstance(app, FastAPI):
    app = WithSwaggerUI(app, os.environ[TITLE])

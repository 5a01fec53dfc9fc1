@app.middleware("http")
async def forbid_sniffing(request, call_next):
    response = await call_next(request)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

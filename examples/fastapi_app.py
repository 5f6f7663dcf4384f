"""Reservations over HTTP: uvicorn fastapi_app:app"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from math import ceil
from typing import Annotated, Any, Optional

from exhibition import Error, InvalidArgument, NewSession, NotFound, SessionId, StorageFailure, aio
from fastapi import FastAPI, Header, Request
from fastapi.responses import JSONResponse

museum: aio.Engine

@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    global museum
    async with aio.open("museum.db") as museum:
        await museum.events.start()  # vouchers and pages follow
        yield

app = FastAPI(lifespan=lifespan)
STATUS = {NotFound: 404, InvalidArgument: 422, StorageFailure: 500}

@app.exception_handler(Error)
async def say_no(request: Request, no: Error) -> JSONResponse:
    again = {"Retry-After": str(ceil(no.retry_after.total_seconds()))} if no.retry_after else {}
    return JSONResponse({"code": no.code, "why": str(no)}, 503 if again else STATUS.get(type(no), 409), again)

@app.post("/exhibitions", status_code=201)
async def register(title: str, starts_at: datetime, capacity: int) -> list[SessionId]:
    return (await museum.catalogue.register_exhibition(title, sessions=[NewSession(starts_at, capacity=capacity)])).sessions

@app.post("/sessions/{session}/reservations", status_code=201)
async def reserve(session: int, member: str, places: int = 1, idempotency_key: Annotated[Optional[str], Header()] = None) -> Any:
    return (await museum.bookings.reserve(SessionId(session), member, places, idempotency_key=idempotency_key)).to_dict()

@app.get("/members/{member}")
async def page(member: str) -> Any:
    return [entry.to_dict() async for entry in museum.my_page.of(member)]

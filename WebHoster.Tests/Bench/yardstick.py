"""The yardstick of `./webhoster bench api`: the same two calls, served by FastAPI, uvicorn and asyncpg from the same PostgreSQL.

Each read checks the token, looks the user up and looks the hosting up with its newest operation, as ours does. Passwords cost the
same: PBKDF2 with HMAC-SHA512, 210,000 rounds. Uses the portal's own tables; only the password's hash is kept in a table of its own.
"""

import os
import time
from typing import Optional

import asyncpg
from fastapi import Depends, FastAPI, HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.security import OAuth2PasswordBearer
import jwt
from passlib.hash import pbkdf2_sha512
from pydantic import BaseModel

KEY = os.environ["YARDSTICK_KEY"]
MINUTES = 1440

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token")


class Login(BaseModel):
    email: Optional[str] = None
    username: Optional[str] = None
    password: str


class Hosting(BaseModel):
    id: str
    slug: str
    url: str
    status: str
    health: str
    vm_id: str
    vm_ip: str
    ssh_host: str
    ssh_port: int
    ssh_command: str
    created_at: str
    operation_id: Optional[str]
    keys_pending: bool
    ssh_host_key: Optional[str]


class Answer(BaseModel):
    success: bool
    message: str
    data: Hosting


@app.on_event("startup")
async def connect():
    app.state.pool = await asyncpg.create_pool(
        host=os.environ["YARDSTICK_SOCKET"], user="webhoster", database="webhoster", min_size=10, max_size=20
    )


async def current_user(token: str = Depends(bearer)):
    try:
        claims = jwt.decode(token, KEY, algorithms=["HS256"], issuer="yardstick", audience="yardstick")
    except jwt.InvalidTokenError:
        raise HTTPException(401, "The token is not valid.")
    user = await app.state.pool.fetchrow("select id, user_name, security_stamp, disabled_at from users where id = $1", claims["sub"])
    if user is None or user["disabled_at"] is not None or user["security_stamp"] != claims["stamp"]:
        raise HTTPException(401, "The token has been revoked.")
    return user


@app.post("/api/v1/auth/login")
async def login(form: Login):
    row = await app.state.pool.fetchrow(
        "select u.id, u.security_stamp, y.hash from users u join yardstick_passwords y on y.user_id = u.id where u.user_name = $1", form.username
    )
    if row is None or not await run_in_threadpool(pbkdf2_sha512.verify, form.password, row["hash"]):
        raise HTTPException(401, "The email, username or password is wrong.")
    now = int(time.time())
    claims = {"sub": str(row["id"]), "stamp": row["security_stamp"], "iss": "yardstick", "aud": "yardstick", "iat": now, "exp": now + MINUTES * 60}
    return {"access_token": jwt.encode(claims, KEY, algorithm="HS256"), "token_type": "bearer", "expires_in": MINUTES * 60}


@app.get("/api/v1/host/my", response_model=Answer)
async def mine(user=Depends(current_user)):
    row = await app.state.pool.fetchrow(
        """
        select h.*, (select o.id from operations o where o.hosting_id = h.id order by o.created_at desc limit 1) as operation_id
        from hostings h where h.owner_id = $1 order by h.ordinal limit 1
        """,
        user["id"],
    )
    if row is None:
        raise HTTPException(404, "You have no hosting.")
    port = 10000 + row["slot_number"]
    return Answer(
        success=True,
        message="OK",
        data=Hosting(
            id=str(row["id"]),
            slug=row["slug"],
            url=f"http://localhost/{row['slug']}/",
            status=row["status"],
            health=row["health"],
            vm_id=str(row["machine_id"]),
            vm_ip=f"10.86.0.{16 + row['slot_number']}",
            ssh_host="localhost",
            ssh_port=port,
            ssh_command=f"ssh -p {port} ubuntu@localhost",
            created_at=row["created_at"].isoformat(),
            operation_id=str(row["operation_id"]) if row["operation_id"] else None,
            keys_pending=row["keys_wanted"] != row["keys_applied"],
            ssh_host_key=row["host_key"],
        ),
    )

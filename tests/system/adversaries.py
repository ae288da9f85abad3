"""Senders that want the server's memory. Each is given a running server and ends by itself within `SECONDS`.

What they hold open they hold in a list that the caller closes, so that memory can be read while they are there.
"""
import selectors
import socket
import time

SECONDS = 5  # that one of them sends at most
MESSAGE_BYTES = 4 << 20


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def framed(message):
    return varint(len(message)) + message


HELLO = framed(field(1, b"\x08\x01"))


def stream_batch(batch, sequence):
    return framed(field(2, batch + b"\x28" + varint(sequence)))


def address(url):
    host, port = url.split("//")[1].rsplit(":", 1)
    return host, int(port)


def http_post(body, media_type="application/x-protobuf", fields=""):
    head = f"POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n{fields}\r\n"
    return head.encode() + body


def send_all(to, payloads, held, small_receive_buffer=True, seconds=SECONDS):
    """Opens a connection for each payload and sends as much of it as the server takes; reads nothing."""
    selector = selectors.DefaultSelector()
    open_ = 0
    for payload in payloads:
        connection = socket.socket()
        if small_receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(5)
        connection.connect(to)
        connection.setblocking(False)
        held.append(connection)
        selector.register(connection, selectors.EVENT_WRITE, [memoryview(payload)])
        open_ += 1
    deadline = time.monotonic() + seconds
    while open_ and time.monotonic() < deadline:
        for key, _ in selector.select(0.2):
            try:
                key.data[0] = key.data[0][key.fileobj.send(key.data[0][:1 << 18]):]
                over = not key.data[0]
            except BlockingIOError:
                continue
            except OSError:
                over = True
            if over:
                selector.unregister(key.fileobj)
                open_ -= 1
    selector.close()


def acknowledgements_never_read(server, held):
    """Refused records, two bytes each, whose results nobody reads."""
    batch = field(2, b"") * 10_000
    payload = HELLO + b"".join(stream_batch(batch, i + 1) for i in range(100))
    send_all(address(server.tcp), [payload] * 16, held)


def answers_never_read(server, held):
    """The same over HTTP in JSON: an answer for each connection."""
    body = b'{"responses":[' + b",".join([b"{}"] * 10_000) + b"]}"
    payload = http_post(body, "application/json") * 3
    send_all(address(server.http), [payload] * 300, held)


def reasons_of_their_own(server, held):
    """Records that are each refused for another reason, as long as it may be; the acknowledgements are not read."""
    records = b"".join(field(2, field(1, b"%d" % i) + field(2, b"\x01" * 300 + b"%d" % i)) for i in range(10_000))
    payload = HELLO + b"".join(stream_batch(records, i + 1) for i in range(20))
    send_all(address(server.tcp), [payload] * 16, held)


def channels_of_megabytes(server, held):
    """Refused records whose channel is as long as a message may be, each another one."""
    for i in range(200):
        channel = b"%08d" % i + b"x" * (MESSAGE_BYTES - 4096)
        send_all(address(server.http), [http_post(field(2, field(1, b"u%d" % i) + field(2, channel)), fields="Connection: close\r\n")],
                 held, False)
        read_to_end(held.pop())


def event_ids_of_megabytes(server, held):
    """Case events with long ids, accepted or not; a batch of as many as a message holds."""
    head = field(1, b"u1") + field(2, b"cati") + field(3, b"\x08" + varint(1759831200)) + field(4, b"refusal")
    for i in range(60):
        events = b"".join(field(3, head + field(5, b"%06d-%02d" % (n, i) + b"e" * 40_000)) for n in range(100))
        send_all(address(server.http), [http_post(events, fields="Connection: close\r\n")], held, False)
        read_to_end(held.pop())


def one_byte_short(server, held, connections=500):
    """Messages of full length that lack their last byte."""
    message = framed(field(2, field(2, field(1, b"u") + field(2, b"x" * (MESSAGE_BYTES - 64)))))
    send_all(address(server.tcp), [HELLO + message[:-1]] * connections, held)


def bodies_one_byte_short(server, held, connections=500):
    payload = http_post(b"x" * MESSAGE_BYTES)[:-1]
    send_all(address(server.http), [payload] * connections, held)


def chunks_without_end(server, held, connections=200):
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    head = (b"POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n")
    send_all(address(server.http), [head + chunk * 63] * connections, held)


def attention_never_read(server, held):
    """Long entries of attention first, then readers that take none of it."""
    body = b"".join(field(2, field(1, b"u%d" % i) + field(2, b"\x01" * 200 + b"%d" % i)) for i in range(2_000))
    send_all(address(server.http), [http_post(body, fields="Connection: close\r\n")], held, False)
    read_to_end(held.pop())
    get = b"GET /v1/attention HTTP/1.1\r\nHost: localhost\r\n\r\n" * 8
    send_all(address(server.http), [get] * 400, held)


def read_to_end(connection, seconds=10):
    connection.settimeout(seconds)
    received = b""
    try:
        while piece := connection.recv(1 << 16):
            received += piece
    except OSError:
        pass
    connection.close()
    return received


ALL = [acknowledgements_never_read, answers_never_read, reasons_of_their_own, channels_of_megabytes, event_ids_of_megabytes,
       one_byte_short, bodies_one_byte_short, chunks_without_end, attention_never_read]

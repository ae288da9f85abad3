"""Connections of the system tests that say exactly what a test wants, or nothing."""
import socket


def address_of(url):
    host, _, port = url.split("://", 1)[1].rpartition(":")
    return host, int(port)


def connect(url, say=b"", timeout=10, receive_buffer=None):
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(timeout)
    connection.connect(address_of(url))
    if say:
        connection.sendall(say)
    return connection


def exchange(url, say, timeout=10):
    """What comes until the peer closes; b"" also when it resets."""
    with connect(url, say, timeout) as connection:
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
        return answer


def get(path, host="localhost"):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


class Stream:
    """The TCP stream's client side: one response a batch."""

    def __init__(self, url, timeout=10):
        self.connection = connect(url, timeout=timeout)
        self.buffer, self.sequence = b"", 0
        self.send(field(1, field(1, 1)))
        assert self.read()[0] >> 3 == 1, "no Welcome"

    def send(self, message):
        self.connection.sendall(varint(len(message)) + message)

    def read(self):
        while True:
            length, at, shift = 0, 0, 0
            while at < len(self.buffer):
                length |= (self.buffer[at] & 127) << shift
                shift, at = shift + 7, at + 1
                if self.buffer[at - 1] < 128:
                    if len(self.buffer) >= at + length:
                        message, self.buffer = self.buffer[at:at + length], self.buffer[at + length:]
                        return message
                    break
            piece = self.connection.recv(65536)
            if not piece:
                raise ConnectionError("the server closed the stream")
            self.buffer += piece

    def push(self, unit):
        """Sends a response and waits until it is acknowledged."""
        self.sequence += 1
        answers = b"".join(field(6, field(1, question) + field(2, option))
                           for question, option in (("revenue", "up"), ("employees", "same")))
        response = field(1, unit) + field(2, "cati") + field(3, 1) + field(4, field(1, 1759831200)) + answers
        self.send(field(2, field(2, response) + field(5, self.sequence)))
        message = self.read()
        assert message[0] >> 3 == 2, message  # an Ack, and no Error

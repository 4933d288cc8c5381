"""Sends a datagram again and again, evenly: `storm.py SOURCE TARGET PORT COUNT SECONDS HEX`."""

import socket
import sys
import time


def main() -> None:
    source, target, port, count, seconds, data = sys.argv[1:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        sending.bind((source, 0))
        began = time.monotonic()
        for number in range(int(count)):
            behind = began + float(seconds) * number / int(count) - time.monotonic()
            if behind > 0:
                time.sleep(behind)
            sending.sendto(bytes.fromhex(data), (target, int(port)))


if __name__ == "__main__":
    main()

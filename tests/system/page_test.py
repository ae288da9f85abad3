#!/usr/bin/env python3
"""The live page in a real browser: what it shows, that it follows, that it fits. Screenshots are kept for looking at.

usage: page_test.py BINARY FOLDER
"""
import json
import os
import random
import sys

import browser
import harness
import page_days
import page_states

WAVE = "waves/virksomhedspanel-2025-efteraar.textproto"
CATEGORIES = {"industry": ["bygge", "landbrug", "industri", "handel_transport", "information", "ejendom", "erhvervsservice",
                           "undervisning_sundhed"],
              "size": ["0", "1-9", "10-49", "50-249"], "age": ["0-4", "5-9", "10-19", "20+"],
              "area": ["nordjylland", "midtjylland", "sydjylland", "fyn", "sjaelland", "hovedstaden", "bornholm"]}


def panel_response(number):
    """Answers and categories as if drawn by lot, the same each time."""
    lot = random.Random(number)
    change = ["up", "same", "up", "same", "down"]
    response = harness.response(
        f"P{number}", change[number % 5], change[number // 5 % 5], channel=["eboks", "cati"][number % 3 == 0],
        at=f"2025-{9 + number % 2:02d}-{1 + number % 28:02d}T09:00:00Z",
        categories=[{"dimension": d, "category": lot.choice(codes)} for d, codes in CATEGORIES.items()])
    response["answers"] += [{"question": "ai_use", "options": [lot.choice(["not_used", "experimented", "single_tools"])]},
                            {"question": "barriers", "options": [lot.choice(["regulation", "finance", "none"])]}]
    return response


def ready(page):
    harness.wait_until(lambda: page.run("return document.body.dataset.state") == "live", 15, "the page to be live")


def check_fits(page, width):
    wide = page.run("return document.documentElement.scrollWidth")
    assert wide <= width, f"{wide} px wide in a window of {width}"
    errors = page.errors()
    assert errors == [], errors


def check_too_few(server, page, folder):
    """Before the reporting threshold there is no number to take for a fact."""
    status, _, body = server.post({"responses": [panel_response(i) for i in range(20)]})
    assert status == 200, body
    server.wait_for_respondents(20)
    harness.wait_until(lambda: page.run("return document.getElementById('indicator').dataset.standing") == "withheld", 3, "a withheld figure")
    assert page.text("#indicator") == "Kan ikke vises endnu" and "der kræves 30" in page.text("#indicator-note"), page.text("#indicator-note")
    page.screenshot(f"{folder}/too-few-1280.png")


def main():
    binary, folder = sys.argv[1], sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    with harness.Server(binary, WAVE) as server:
        with browser.Browser(1280, 900, language="da") as page:
            page.open(server.http + "/")
            ready(page)
            assert page.text("#indicator") == "Venter på det første svar", page.text("#indicator")
            page.screenshot(f"{folder}/empty-1280.png")
            check_fits(page, 1280)

            check_too_few(server, page, folder)
            status, _, body = server.post({"responses": [panel_response(i) for i in range(20, 400)]})
            assert status == 200 and json.loads(body)["accepted"] == 380, body
            documents = {"snapshot": server.wait_for_respondents(400)}
            figure = documents["snapshot"]["estimates"]["figures"][0]
            value = figure["value"]
            shown = f"{value:+.1f}".replace("-", "−").replace(".", ",")
            harness.wait_until(lambda: page.text("#indicator") == shown, 2, f"the indicator to become {shown}")
            harness.wait_until(lambda: page.run("return document.querySelectorAll('#days rect').length") > 0, 30, "days")
            spans = page.run("return [...document.querySelectorAll('#looks .look-span')].map(s => s.innerText)")
            assert spans == [page_states.danish(figure["low"]) + " til " + page_states.danish(figure["high"]),
                             page_states.danish(figure["sequence_low"]) + " til " + page_states.danish(figure["sequence_high"])], spans
            rows = page.run("return [...document.querySelectorAll('[data-card=area] .row')].map(r => r.innerText)")
            assert len(rows) == 7 and "Sjælland" in rows[4], rows
            page.screenshot(f"{folder}/da-light-1280.png")
            check_fits(page, 1280)

            page.run("[...document.querySelectorAll('#languages button')].find(b => b.lang === 'en').click()")
            assert page.text("#indicator-label") == "Productivity indicator"
            assert page.text("#indicator") == shown.replace(",", "."), page.text("#indicator")

            documents.update({name: json.loads(server.get(f"/v1/{name}")[2]) for name in ("wave", "history")})
            server.stop()
            harness.wait_until(lambda: page.run("return document.body.dataset.state") == "lost", 5, "the loss to show")
            assert page.text("#connection").startswith("Connection lost since"), page.text("#connection")
            page.screenshot(f"{folder}/en-lost-1280.png")
        server.start()
        for dark, language in ((True, "en"), (False, "da")):
            with browser.Browser(360, 740, dark=dark, language=language) as page:
                page.open(server.http + "/")
                ready(page)
                page.screenshot(f"{folder}/{language}-{'dark' if dark else 'light'}-360.png")
                check_fits(page, 360)
        check_zone(server, folder)
    check_other_wave(binary, folder)
    page_days.check(binary, folder)
    page_states.run(documents, folder)
    print(f"page: shows, follows, fits; screenshots in {folder}")


def check_zone(server, folder):
    """The browser's own zone changes nothing."""
    seen = set()
    for zone in ("Europe/Copenhagen", "America/New_York"):
        with browser.Browser(1280, 900, zone=zone) as page:
            page.open(server.http + "/")
            ready(page)
            harness.wait_until(lambda p=page: p.run("return document.querySelectorAll('#days rect').length") > 0, 30, "days")
            seen.add(page.run("return [...document.querySelectorAll('#days text')].map(t => t.textContent).join('|')"))
    assert len(seen) == 1, seen


def check_other_wave(binary, folder):
    """A wave that looks quite different is shown as well."""
    with harness.Server(binary, "waves/tilfredshed-2026.textproto") as server, browser.Browser(1280, 900, language="en") as page:
        page.open(server.http + "/")
        ready(page)
        assert page.text("#title") == "Satisfaction on the route 2026"
        assert len(page.run("return [...document.querySelectorAll('#domains .card h3')].map(h => h.innerText)")) == 4
        page.screenshot(f"{folder}/other-wave-1280.png")
        check_fits(page, 1280)


if __name__ == "__main__":
    main()

"""The day with 25 hours on the page: each date once and at its local midnight, the two hours 02 told apart, and the
browser's own zone changes nothing."""
import json
import re

import browser
import harness

# (unit, collected at): 24 Oct 1, 25 Oct 3, 26 Oct 6, 27 Oct 2, 28 Oct 1 by local date in Copenhagen.
RESPONSES = [("L01", "2025-10-24T21:59:59Z"), ("L02", "2025-10-24T22:00:00Z"), ("L03", "2025-10-25T10:00:00Z"),
             ("L04", "2025-10-25T21:59:59Z"), ("L05", "2025-10-25T22:00:00Z"), ("L06", "2025-10-26T00:30:00Z"),
             ("L07", "2025-10-26T01:30:00Z"), ("L08", "2025-10-26T12:00:00Z"), ("L09", "2025-10-26T22:30:00Z"),
             ("L10", "2025-10-26T22:59:59Z"), ("L11", "2025-10-26T23:00:00Z"), ("L12", "2025-10-27T22:59:59Z"),
             ("L13", "2025-10-27T23:00:00Z")]
ZONES = ("Europe/Copenhagen", "America/New_York")


def wave(folder):
    """The cases' wave with a fieldwork that ends soon after, so that its days have room."""
    text = open(harness.CASES_WAVE).read()
    changed = re.sub(r'fieldwork_start: "[^"]*"\nfieldwork_end: "[^"]*"', 'fieldwork_start: "2025-10-20"\nfieldwork_end: "2025-10-31"', text)
    assert changed != text
    path = f"{folder}/long-day.textproto"
    with open(path, "w") as file:
        file.write(changed)
    return path


def send(server, unit, moment):
    answers = harness.response(unit, "up" if int(unit[1:]) % 2 == 0 else "same", channel="eboks", at=moment)
    status, _, body = server.post({"simulatedTime": moment, "responses": [answers]})
    assert status == 200 and json.loads(body)["accepted"] == 1, body


def open_page(page, server, respondents):
    page.open(server.http + "/")
    harness.wait_until(lambda: page.run("return document.body.dataset.state") == "live", 15, "the page to be live")
    days = "const rows = [...document.querySelectorAll('#days tbody tr')]; return rows.map(r => r.cells[r.cells.length - 3].textContent);"
    return harness.wait_until(lambda: page.run("return document.querySelectorAll('#days rect').length") > 0 and
                              page.text("#facts").startswith("Respondenter") and str(respondents) in page.text("#facts") and page.run(days) or None,
                              30, "days to be drawn")


def readouts(page):
    """What the page reads out for each hour, from the first by the arrow keys."""
    return page.run("""
      const plot = document.getElementById('course-plot');
      const press = (key) => plot.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      const said = () => document.getElementById('course-readout').firstChild.textContent;
      press('Home');
      const all = [said()];
      for (let last = ''; last !== all.at(-1);) { last = all.at(-1); press('ArrowRight'); if (said() !== last) all.push(said()); }
      return all;""")


def look(server, folder, zone):
    """Everything with a date or a time on the page, as a browser in that zone has it."""
    with browser.Browser(1280, 900, zone=zone) as page:
        assert page.run("return Intl.DateTimeFormat().resolvedOptions().timeZone") == zone
        open_page(page, server, len(RESPONSES))
        midnights = page.run("return [...document.querySelectorAll('#course-chart .midnight')].map(l => [l.dataset.date, Number(l.dataset.hours), "
                             "Number(l.getAttribute('x1'))])")
        seen = {"course": midnights, "labels": page.run("return [...document.querySelectorAll('#course-chart .date, #days text')].map(t => t.textContent)"),
                "days": page.run("return [...document.querySelectorAll('#days tbody tr')].map(r => [...r.cells].map(c => c.textContent))"),
                "hours": readouts(page), "facts": page.text("#facts"), "last": page.text("#last-receipt")}
        page.screenshot(f"{folder}/long-day-{zone.replace('/', '-')}.png")
        return seen


def check(binary, folder):
    with harness.Server(binary, wave(folder), arguments=["--simulated-clock"]) as server:
        for unit, moment in RESPONSES[:7]:
            send(server, unit, moment)
        for zone in ZONES:
            with browser.Browser(1280, 900, zone=zone) as page:
                open_page(page, server, 7)
                assert page.text("#last-receipt") == "26. okt. 02.30 CET", page.text("#last-receipt")
                assert "02.30" in page.text("#facts") and "26. oktober CET" in page.text("#facts"), page.text("#facts")
        for unit, moment in RESPONSES[7:]:
            send(server, unit, moment)
        first, second = (look(server, folder, zone) for zone in ZONES)
    assert first == second, (first, second)
    dates = [date for date, _, _ in first["course"]]
    assert len(dates) == len(set(dates)) and dates == sorted(dates) and "2025-10-26" in dates, dates
    hours = {date: count for date, count, _ in first["course"]}
    assert hours["2025-10-26"] == 25 and {count for date, count in hours.items() if date != "2025-10-26"} == {24}, hours
    width = {date: after[2] - at for (date, _, at), after in zip(first["course"], first["course"][1:])}
    assert abs(width["2025-10-26"] / width["2025-10-25"] - 25 / 24) < 1e-6, width
    twos = [said for said in first["hours"] if "26. okt. kl. 02.00" in said]
    assert twos == ["søn. 26. okt. kl. 02.00–03.00 CEST", "søn. 26. okt. kl. 02.00–03.00 CET"], first["hours"]
    assert len(first["hours"]) == len(set(first["hours"])), first["hours"]
    counted = {row[0]: row[3] for row in first["days"] if row[3] != "0"}
    assert counted == {"24. okt.": "1", "25. okt.": "3", "26. okt.": "6", "27. okt.": "2", "28. okt.": "1"}, first["days"]

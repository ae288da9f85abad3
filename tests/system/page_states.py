"""What the page makes of figures, flags and documents that are given to it: the states that a short run of a real server
does not come by. The documents are a real server's own, changed where a state wants it."""
import copy
import re

import browser
import harness
import page_host

NO_DIGIT = re.compile(r"^\D*$")
ROW = "[...document.querySelectorAll('[data-card=\"{}\"] .row')].map(r => ({{standing: r.dataset.standing, text: r.innerText, " \
      "why: r.title, value: r.querySelector('.value').firstChild.data, span: r.querySelector('.value small')?.innerText ?? null, " \
      "whisker: !!r.querySelector('.span'), dot: getComputedStyle(r.querySelector('.dot') ?? r).backgroundColor}}))"


def rows(page, card):
    return page.run("return " + ROW.format(card))


def text(page, selector):
    """What stands there, with the spaces that do not break as ordinary ones."""
    return page.text(selector).replace("\u00a0", " ")


def figure_of(documents, statistic, of, domain=""):
    return next(f for f in documents["snapshot"]["estimates"]["figures"]
                if (f["statistic"], f["of"], f["domain"], f["against"]) == (statistic, of, domain, ""))


def shown(page, host, documents):
    """Opens the page with the documents and waits until they are drawn."""
    host.documents = documents
    page.open(host.http + "/")
    harness.wait_until(lambda: page.run("return document.body.dataset.state") == "live", 30, "the page to be live")
    harness.wait_until(lambda: page.run("return document.querySelector('#days rect, #course-notes table')"), 30, "the history to be drawn")


def danish(x, digits=1):
    number = f"{x:+.{digits}f}".replace("-", "−").replace(".", ",")
    return number[1:] if re.fullmatch(r"[+−]0,0*", number) else number


def check_intervals(page, host, documents):
    """The interval of this look and the sequence stand beside each other, by name, with the numbers of the snapshot."""
    d = copy.deepcopy(documents)
    figure_of(d, "mean", "indicator").update(value=2.16, low=1.1, high=3.3, sequence_low=0.42, sequence_high=3.92, flags=[])
    d["snapshot"]["collection"]["response"] = {
        "complete": 190, "partial": 10, "refusal": 0, "non_contact": 0, "other": 0, "unknown": 800, "ineligible": 0, "rr1": 0.19, "rr2": 0.2,
        "rr3": 0.19, "rr4": 0.2, "rr5": 1, "rr6": 1, "answered": 200, "base": 1000}
    # The server reckons (METHOD M10), the page shows: numbers that no formula gives of the others.
    d["snapshot"]["collection"]["bias_to_match"] = {"response_rate": 0.2, "half_width": 1.3, "difference": 1.44}
    d["snapshot"]["estimates"]["calibration"].update(converged=True, flags=[])
    shown(page, host, d)
    assert text(page, "#indicator") == "+2,2", text(page, "#indicator")
    looks = page.run("return [...document.querySelectorAll('#looks .look')].map(l => l.innerText.replace(/\\s+/g, ' ').trim())")
    assert looks[0].startswith("95 %-interval, ét kig") and looks[0].endswith("+1,1 til +3,3"), looks
    assert looks[1].startswith("Gyldigt ved hvert kig") and looks[1].endswith("+0,4 til +3,9"), looks
    wide = page.run("return [...document.querySelectorAll('#looks .band')].map(b => b.getBoundingClientRect().width)")
    assert wide[0] < wide[1], wide
    bias = text(page, "[data-part=bias]")
    assert "20,0 %" in bias and "1,4 point" in bias and "(1,3 point)" in bias, bias
    on = text(page, "[data-part=on]")
    assert on.startswith("Repræsentativ på") and "og kun på det" in on, on
    assert text(page, "#response-rate") == "20,0 %", text(page, "#response-rate")
    table = page.run("return [...document.querySelectorAll('[data-card=area] details:last-of-type thead th')].map(t => t.textContent)")
    assert table[:3] == ["Kategori", "Værdi", "Interval"] and table[-1] == "Bemærk", table


def check_definitions(page, host, documents):
    """Changes of the definition stand at the foot with their time, newest first; the sequence says since when it runs."""
    d = copy.deepcopy(documents)
    first = d["wave"]["definitions"][0]
    changes = [{"kind": "computed", "what": "fieldwork_end", "before": "2025-10-31", "after": "2025-11-14", "begins_sequence": False}]
    added = [{"kind": "added", "what": "channels[sms]", "before": "", "after": "code: \"sms\"", "begins_sequence": False}]
    d["wave"]["definitions"] = [first, {"definition_id": "1", "since": "2025-10-20T09:30:00+02:00", "changes": changes},
                                {"definition_id": "2", "since": "2025-10-21T10:05:00+02:00", "changes": added}]
    d["snapshot"]["collection"]["sequence_since"] = "2025-10-20T09:30:00+02:00"
    figure_of(d, "mean", "indicator").update(value=2.16, low=1.1, high=3.3, sequence_low=0.42, sequence_high=3.92, flags=[])
    d["snapshot"]["estimates"]["calibration"].update(converged=True, flags=[])
    shown(page, host, d)
    assert "2, senest 21. oktober 2025 kl. 10.05" in text(page, "#definitions summary"), text(page, "#definitions summary")
    page.run("document.getElementById('definitions').open = true")
    lines = page.run("return [...document.querySelectorAll('#definitions > ul > li')].map(l => l.innerText)")
    assert len(lines) == 2 and "channels[sms] (føjet til)" in lines[0], lines
    assert "20. oktober 2025 kl. 09.30" in lines[1] and "fieldwork_end: 2025-10-31 → 2025-11-14 (gælder alle svar)" in lines[1], lines
    assert "siden 20. oktober 2025 kl. 09.30" in text(page, "#looks"), text(page, "#looks")
    d["wave"]["definitions"] = [first]
    shown(page, host, d)
    assert page.run("return document.getElementById('definitions')") is None
    assert "siden" not in text(page, "#looks"), text(page, "#looks")


def check_no_rate(page, host, documents):
    d = copy.deepcopy(documents)
    d["snapshot"]["collection"]["response"] = None
    shown(page, host, d)
    assert text(page, "#response-rate") == "–", text(page, "#response-rate")
    assert "stikprøveramme" in text(page, "#rate"), text(page, "#rate")
    assert "ukendt" in text(page, "[data-part=bias]"), text(page, "[data-part=bias]")


def check_not_compared(page, host, documents):
    """A dimension with too many categories for pairs says so where its pairs would be, in the limit that the server gives."""
    d = copy.deepcopy(documents)
    estimates = d["snapshot"]["estimates"]
    assert estimates["not_compared"] == [], estimates["not_compared"]
    estimates["not_compared"] = [{"domain": "area", "categories": 98, "limit": 40}]
    estimates["comparisons"] = [c for c in estimates["comparisons"] if not c["a"].startswith("area=")]
    shown(page, host, d)
    for language, words in (("en", "Not compared in pairs: 98 categories, and the limit is 40."),
                            ("da", "Ikke sammenlignet parvis: 98 kategorier, og grænsen er 40.")):
        page.run("[...document.querySelectorAll('#languages button')].find(b => b.lang === arguments[0]).click()", language)
        said = page.run("return [...document.querySelectorAll('[data-card] [data-part=not-compared]')]"
                        ".map(e => `${e.closest('[data-card]').dataset.card}: ${e.textContent}`)")
        assert said == [f"area: {words}"], said


def check_withheld(page, host, documents):
    """What is not reportable is hollow and grey and has no number, and says why."""
    d = copy.deepcopy(documents)
    for figure in d["snapshot"]["estimates"]["figures"]:
        figure.update(flags=["not_reportable", "low_n", "low_n_effective", "collapsed"], n_effective=18.24, sequence_low=None, sequence_high=None)
    for pair in d["snapshot"]["estimates"]["comparisons"]:
        pair.update(flags=["not_reportable", "low_n_effective"])
    calibration, reporting = d["snapshot"]["estimates"]["calibration"], d["wave"]["definition"]["reporting"]
    assert (calibration["collapsed_limit"], reporting["minimum_n_effective"]) == (0.1, 30), (calibration, reporting)
    # Limits that no program has, so that the page must have them from the server.
    calibration.update(collapsed_share=0.143, collapsed_limit=0.12)
    reporting["minimum_n_effective"] = 41
    for hour in d["history"]["hours"]:
        hour["flags"] = ["not_reportable"]
    shown(page, host, d)
    assert page.run("return document.getElementById('indicator').dataset.standing") == "withheld"
    assert NO_DIGIT.match(text(page, "#indicator")), text(page, "#indicator")
    note = text(page, "#indicator-note")
    assert "18,2" in note and "41" in note and "14 %" in note and "12 %" in note, note
    assert page.run("return document.querySelectorAll('#looks .look').length") == 0
    for card in ("area", "industry", "q-ai_use"):
        for row in rows(page, card):
            assert row["standing"] == "withheld" and NO_DIGIT.match(row["value"].split("(")[0]) and row["span"] is None, row
            assert "kan ikke vises endnu" in row["text"] and "18,2" in row["why"], row
    paper = page.run("return getComputedStyle(document.querySelector('[data-card=area]')).backgroundColor")
    assert {row["dot"] for row in rows(page, "area")} == {paper}, rows(page, "area")
    assert page.run("return document.querySelectorAll('#groups .stack .withheld').length") > 0
    assert NO_DIGIT.match(page.run("return [...document.querySelectorAll('#groups .figure b')].map(b => b.innerText).join('')"))
    last = "r => [r.cells[1], r.cells[2], r.cells[r.cells.length - 1]].map(c => c.textContent)"
    for table in ("[data-card=area] details:not(.pairs)", "[data-card=area] .pairs"):
        cells = page.run(f"return [...document.querySelectorAll('{table} tbody tr')].map({last})")
        assert cells and all(c[:2] == ["–", "–"] and c[2].startswith("Kan ikke vises endnu: ") and "effektiv" in c[2] and "_" not in c[2]
                         for c in cells), cells
    hours = page.run("return [...document.querySelectorAll('#course-notes tbody td:nth-child(2)')].map(c => c.textContent)")
    assert hours and all(cell.startswith("–") for cell in hours), hours
    assert page.run("return document.querySelectorAll('#course-chart path').length") == 0
    assert NO_DIGIT.match(page.run("return document.querySelector('#course-readout b').innerText"))


def check_withheld_nowhere(page, host, documents):
    """What is withheld is in no text, on no axis and in no alternative text, whatever the axis would be made of."""
    d = copy.deepcopy(documents)
    estimates = d["snapshot"]["estimates"]
    for figure in estimates["figures"]:
        value = 77.7 if figure["of"] == "indicator" else 0.777
        figure.update(value=value, low=value * 0.9, high=value * 1.1, sequence_low=None, sequence_high=None, flags=["not_reportable"], n_effective=18.2)
    for pair in estimates["comparisons"]:
        pair.update(difference=77.7, low=70, high=85.5, p=0.777, p_adjusted=0.777, flags=["not_reportable"])
    for channel in (estimates["channel_comparison"] or {"channels": []})["channels"]:
        channel.update(raw=77.7, weighted=77.7, low=70, high=85.5, difference=77.7, flags=["not_reportable"])
    for hour in d["history"]["hours"]:
        hour.update(value=77.7, low=70, high=85.5, flags=["not_reportable"])
    shown(page, host, d)
    page.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    said = page.run("""return [document.title, document.body.innerText, ...[...document.querySelectorAll('*')].flatMap(e =>
      ['title', 'aria-label', 'alt', 'aria-valuetext', 'aria-description'].map(a => e.getAttribute(a) ?? ''))].join('\\n')""")
    for number in ("77,7", "77.7", "0,777", "78 %", "69,9", "85,5"):
        assert number not in said, [line for line in said.split("\n") if number in line][:5]
    # No tick beyond what the earlier wave's figures, which are published, ask for.
    ticks = page.run("return [...document.querySelectorAll('[data-card=area] .ticks span, #by-channel .ticks span')].map(t => t.textContent)")
    assert ticks and all(abs(float(tick.replace("−", "-").replace(",", "."))) < 10 for tick in ticks), ticks


def check_bare(page, host, documents):
    """A change since an earlier wave without a standard error has no line, no colour and no verdict, and says so."""
    d = copy.deepcopy(documents)
    estimates = d["snapshot"]["estimates"]
    estimates["figures"] = [f for f in estimates["figures"] if f["statistic"] != "difference"]
    areas = [f for f in estimates["figures"] if f["of"] == "indicator" and f["statistic"] == "mean" and f["domain"].startswith("area=")]
    for figure, (value, low, high, flags) in zip(areas, [(-4.5, None, None, ["not_computed"]), (4.5, None, None, ["not_computed"]),
                                                         (-3.5, -6.0, -1.0, ["assumes_independent_samples"])]):
        estimates["figures"].append({**figure, "statistic": "difference", "against": "2025-foraar", "value": value, "low": low, "high": high,
                                     "se": None, "se_interval": None, "flags": flags})
    shown(page, host, d)
    drawn = rows(page, "change-2025-foraar")
    assert [r["standing"] for r in drawn] == ["bare", "bare", "shown"], drawn
    assert [r["whisker"] for r in drawn] == [False, False, True], drawn
    assert drawn[0]["dot"] == drawn[1]["dot"] != drawn[2]["dot"], drawn
    assert drawn[0]["span"] is None and "−4,5" in drawn[0]["text"] and "usikkerhed" in drawn[0]["text"].lower(), drawn
    assert "ingen standardfejl" in text(page, "[data-card='change-2025-foraar']"), text(page, "[data-card='change-2025-foraar']")


FLAGS = {  # flag: words in Danish, in English, standing, whether there is an interval
    "low_n": ("få svar", "few responses", "shown", True),
    "collapsed": ("vægtet sammen med en anden kategori", "weighted together with another category", "shown", True),
    "leverage": ("afhænger af ganske få svar", "rests on very few responses", "shown", True),
    "known_from_register": ("kendt fra registret", "known from the register", "known", False),
    "not_estimable": ("kan ikke estimeres af disse svar", "cannot be estimated from these responses", "bare", False),
    "not_reportable": ("kan ikke vises endnu", "not reportable yet", "withheld", True),
    "negative_weights": ("hviler på svar med en vægt under 0", "rests on respondents with a weight below 0", "shown", True),
    "a_flag_of_tomorrow": ("a_flag_of_tomorrow", "a_flag_of_tomorrow", "shown", True),
}


def check_flags(page, host, documents):
    """Each flag in plain words of both languages beside its figure."""
    d = copy.deepcopy(documents)
    areas = [f for f in d["snapshot"]["estimates"]["figures"] if f["of"] == "indicator" and f["domain"].startswith("area=")]
    for figure, (flag, (_, _, standing, has_interval)) in zip(areas, FLAGS.items()):
        figure.update(flags=[flag], value=1.5, low=0.5 if has_interval else None, high=2.5 if has_interval else None, n_effective=12)
    shown(page, host, d)
    for language in (0, 1):
        code = ("da", "en")[language]
        page.run("[...document.querySelectorAll('#languages button')].find(b => b.lang === arguments[0]).click()", code)
        for row, (flag, words) in zip(rows(page, "area"), FLAGS.items()):
            assert words[language] in row["text"], (flag, row)
            assert words[language].lower() in row["why"].lower() or flag == "not_reportable", (flag, row)
            assert row["standing"] == words[2], (flag, row)
            assert (row["span"] is not None) == (words[3] and words[2] == "shown"), (flag, row)
            assert row["whisker"] == words[3], (flag, row)
    page.run("[...document.querySelectorAll('#languages button')].find(b => b.lang === 'da').click()")


def check_failure(page, host, documents):
    """Margins that cannot be met are an error state of the whole page."""
    d = copy.deepcopy(documents)
    flags = ["infeasible:area=bornholm"]
    d["snapshot"]["estimates"].update(flags=flags)
    d["snapshot"]["estimates"]["calibration"].update(converged=False, flags=flags, worst_margin="area=bornholm", max_margin_error=0.0834)
    for figure in d["snapshot"]["estimates"]["figures"]:
        figure.update(value=None, se=None, se_interval=None, low=None, high=None, sequence_low=None, sequence_high=None, flags=flags)
    shown(page, host, d)
    banner = text(page, "#failure")
    assert "Vægtningen kan ikke lade sig gøre" in banner and "Bornholm (erhvervshusområde)" in banner and "8,34 %" in banner, banner
    assert page.run("return document.getElementById('failure').getAttribute('role')") == "alert"
    assert page.run("return document.body.dataset.failure") == "no-figures"
    assert text(page, "#indicator") == "Intet tal kan vises", text(page, "#indicator")
    assert all(row["value"].startswith("–") for row in rows(page, "area")), rows(page, "area")

    d = copy.deepcopy(documents)
    d["snapshot"]["estimates"]["calibration"].update(converged=False, ridge=True, flags=["not_converged"])
    for figure in d["snapshot"]["estimates"]["figures"]:
        figure["flags"] = ["not_converged"]
    shown(page, host, d)
    assert page.run("return document.body.dataset.failure") == "stands" and "forbehold" in text(page, "#failure"), text(page, "#failure")

    shown(page, host, copy.deepcopy(documents))
    assert not page.run("return document.body.dataset.failure ?? ''") and page.run("return document.getElementById('failure').hidden")


def comparison(a, b, p):
    return {"family": "indicator by area", "of": "indicator", "a": f"area={a}", "b": f"area={b}", "difference": -2.4, "se_interval": 1, "p": p,
            "p_adjusted": min(1, 3 * p), "low": -4.4, "high": -0.4, "flags": []}


def check_parts(page, host, documents):
    """Comparisons, ranks, representativity, guidance and changes where they come, and no trace of them where they do not."""
    d = copy.deepcopy(documents)
    estimates = d["snapshot"]["estimates"]
    estimates.update(comparisons=[], rankings=[], channel_comparison=None,
                     figures=[f for f in estimates["figures"] if f["statistic"] != "difference"])
    d["snapshot"]["collection"]["representativity"] = None
    documents = copy.deepcopy(d)
    shown(page, host, d)
    for part in ("#guidance-section", "#representativity", "#by-channel"):
        assert page.run("return document.querySelector(arguments[0]).hidden", part), part
    for part in ("details.pairs", "[data-card^=change-]"):
        assert page.run("return document.querySelector(arguments[0])", part) is None, part

    d = copy.deepcopy(documents)
    estimates = d["snapshot"]["estimates"]
    estimates["comparisons"] = [
        comparison("fyn", "bornholm", 0.4), comparison("fyn", "nordjylland", 0.0000001),
        {**comparison("", "", 0.04), "family": "barriers", "of": "barriers", "a": "barriers/finance", "b": "barriers/staff", "difference": 0.021,
         "low": 0.01, "high": 0.032},
        {**comparison("", "", 0.02), "family": "indicator against 2025-foraar", "a": "", "b": "2025-foraar"}]
    estimates["channel_comparison"] = {"channels": [
        {"channel": "eboks", "n": 300, "raw": 1.1, "weighted": 2.3, "low": 0.9, "high": 3.7, "flags": []},
        {"channel": "cati", "n": 100, "raw": None, "weighted": None, "low": None, "high": None, "flags": ["not_reportable"]}]}
    first = next(f for f in estimates["figures"] if f["statistic"] == "share" and f["of"].startswith("barriers/") and not f["domain"])
    first.update(value=0.9, low=0.85, high=0.95, flags=[])
    estimates["rankings"] = [{"id": "barriers", "figures": [
        {"of": first["of"], "value": 0.9, "n": 400, "rank": 1, "rank_low": 1, "rank_high": 3, "flags": []}]}]
    estimates["figures"].append({**figure_of(d, "mean", "indicator"), "statistic": "difference", "against": "2025-foraar", "value": -1.2,
                                 "low": -3.0, "high": 0.6, "flags": ["assumes_independent_samples"]})
    d["snapshot"]["collection"]["representativity"] = {"cv": 0.231, "r": 0.9531, "r_adjusted": None, "response_mean": 0.1, "dimensions": [
        {"dimension": "area", "cv": 0.1, "conditional": None, "categories": [
            {"category": "fyn", "rate": 0.12, "unconditional": 0.01, "conditional": None},
            {"category": "bornholm", "rate": 0.08, "unconditional": -0.01, "conditional": None}]}]}
    gain = {"n": 4, "open": 31, "expected_response": 0.12, "variance_gain": 0.001, "variance_gain_share": 0.00083, "representativity_gain": None}
    d["guidance"] = {"wave": "w", "flags": [], "categories": [{"dimension": "area", "category": "bornholm", **gain}],
                     "cells": [{"categories": [{"dimension": "area", "category": "fyn"}, {"dimension": "age", "category": "0-4"}], **gain, "open": None}]}
    shown(page, host, d)
    harness.wait_until(lambda: not page.run("return document.getElementById('guidance-section').hidden"), 5, "guidance")
    assert "Bornholm (erhvervshusområde)" in text(page, "[data-card=guidance-categories]"), text(page, "#guidance")
    assert "0,083 %" in text(page, "[data-card=guidance-categories]") and "31 kan endnu svare" in text(page, "#guidance"), text(page, "#guidance")
    assert "Fyn · 0-4 år" in text(page, "[data-card=guidance-cells]"), text(page, "#guidance")
    assert text(page, "#cv") == "CV 0,23" and "0,953" in text(page, "#representativity"), text(page, "#representativity")
    page.run("document.querySelector('[data-card=area] details.pairs').open = true")
    pairs = page.run("return [...document.querySelectorAll('[data-card=area] details.pairs tbody tr')].map(r => r.innerText)")
    assert len(pairs) == 2 and "Fyn mod Nordjylland" in pairs[0] and "< 0,001" in pairs[0], pairs
    page.run("document.querySelector('[data-card=q-barriers] details.pairs').open = true")
    options = text(page, "[data-card=q-barriers] details.pairs")
    assert "Økonomistyring mod Medarbejdere" in options and "+2,1 %-point" in options and "0,120" in options, options
    assert page.run("return document.querySelector('[data-card=comparisons]')") is None
    channels = text(page, "#by-channel")
    assert "+2,3 (+1,1)" in channels and "+0,9 til +3,7" in channels and "ikke en virkning af kanalen" in channels, channels
    assert "Holm" in text(page, "[data-card=area] details.pairs"), pairs
    assert "plads 1–3" in rows(page, "q-barriers")[0]["text"], rows(page, "q-barriers")
    change = text(page, "[data-card='change-2025-foraar']")
    assert "−1,2" in change and "−3,0 til +0,6" in change and "uafhængige stikprøver" in change and "Forår 2025" in change, change


def check_more(page, host, documents):
    """Totals, ratios, group shares by domain, crossed domains and comparisons with all others, in words of both languages."""
    d = copy.deepcopy(documents)
    estimates = d["snapshot"]["estimates"]
    whole = figure_of(d, "mean", "indicator")
    def more(statistic, of, domain, value, low, high, flags=()):
        estimates["figures"].append({**whole, "statistic": statistic, "of": of, "domain": domain, "value": value, "low": low, "high": high,
                                     "flags": list(flags)})
    more("total", "barriers/staff", "", 41234.4, 39000.2, 43500.7)
    more("ratio", "indicator", "area=fyn", 1.274, 1.05, 1.53)
    more("share", "indicator/large_increase", "area=fyn", 0.021, 0.01, 0.04)
    more("mean", "indicator", "area=fyn&size=1-9", -2.25, -4.0, -0.5)
    more("mean", "indicator", "area=fyn&size=0", 3.3, 1.0, 5.0, ["not_reportable"])
    estimates["comparisons"] = [{**comparison("fyn", "x", 0.01), "family": "indicator by area against others", "b": "!area=fyn"}]
    shown(page, host, d)
    page.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    card = text(page, "[data-card=more]")
    for words in ("41.234", "39.000 til 43.501", "antal i populationen", "1,27", "fremgange for hver tilbagegang", "2,1 %", "Fyn · 1-9 ansatte", "−2,3"):
        assert words in card, (words, card)
    assert "3,3" not in card, card
    others = text(page, "[data-card=area] details.others")
    assert "Fyn mod de øvrige" in others and "−2,4" in others, others
    assert page.run("return document.querySelector('[data-card=area] details.pairs')") is None


def run(documents, folder):
    """documents: wave, snapshot and history of a server with some hundred respondents."""
    with page_host.PageHost(documents) as host, browser.Browser(1280, 900, language="da") as page:
        page.open(host.http + "/")
        harness.wait_until(lambda: page.run("return document.body.dataset.state") == "live", 15, "the page to be live")
        for check in (check_intervals, check_definitions, check_no_rate, check_not_compared, check_withheld, check_withheld_nowhere, check_bare, check_flags, check_failure,
                      check_more, check_parts):
            check(page, host, documents)
            page.screenshot(f"{folder}/state-{check.__name__.removeprefix('check_')}.png")
        errors = [e for e in page.errors() if "v1/guidance" not in e]
        assert errors == [], errors

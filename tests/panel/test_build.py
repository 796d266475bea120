"""Original downloads, in the formats in which they are published, become a data folder."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from stability_sim.panel import PanelError, read_panel, world_scenario
from stability_sim.panel.raw import build_folder
from stability_sim.panel.raw.sources import recognise
from stability_sim.panel.raw.tables import StateRow, dated_borders

ACD = (
    "conflict_id,location,side_a,side_a_id,side_a_2nd,side_b,side_b_id,side_b_2nd,incompatibility,territory_name,year,"
    "intensity_level,cumulative_intensity,type_of_conflict,start_date,start_prec,start_date2,start_prec2,ep_end,ep_end_date,"
    "ep_end_prec,gwno_a,gwno_a_2nd,gwno_b,gwno_b_2nd,gwno_loc,region,version"
)
BRD = (
    "conflict_id,location_inc,side_a,side_a_id,side_a_2nd,side_b,side_b_id,side_b_2nd,incompatibility,territory_name,year,bd_best,"
    "bd_low,bd_high,type_of_conflict,battle_location,gwno_a,gwno_a_2nd,gwno_b,gwno_b_2nd,gwno_loc,gwno_battle,region,version"
)
GED = (
    "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,conflict_name,dyad_dset_id,dyad_new_id,"
    "dyad_name,side_a_dset_id,side_a_new_id,side_a,side_b_dset_id,side_b_new_id,side_b,number_of_sources,source_article,source_office,"
    "source_date,source_headline,source_original,where_prec,where_coordinates,where_description,adm_1,adm_2,latitude,longitude,geom_wkt,"
    "priogrid_gid,country,country_id,region,event_clarity,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,"
    "deaths_unknown,best,high,low,gwnoa,gwnob"
)
ESD = "year,dyad_id,conflict_id,civil,actor_id,actor_name,actor_nonstate,ext_id,ext_name,ext_nonstate,ext_alleged,ext_sup,ext_x,ext_p,ext_y,ext_w,ext_m,ext_t,ext_f,ext_i,ext_l,ext_o,ext_u"
UNHCR = "Year,Country of origin,Country of origin (ISO),Country of asylum,Country of asylum (ISO),Refugees under UNHCR's mandate,Asylum-seekers"


def _csv(path: Path, header: str, rows: list[dict[str, object]], before: str = "") -> None:
    names = next(csv.reader([header]))
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(before)
        out = csv.DictWriter(file, names, restval="")
        out.writeheader()
        out.writerows(rows)


def _conflict(year: int, deaths: int = 0, **more: object) -> dict[str, object]:
    return {
        "conflict_id": 395, "location": "Tajikistan", "side_a": "Government of Tajikistan", "side_b": "UTO", "incompatibility": 2,
        "year": year, "intensity_level": 1, "type_of_conflict": 3, "start_date": "1992-05-10", "gwno_a": 702, "gwno_loc": 702,
        "bd_best": deaths, "bd_low": deaths, "bd_high": deaths, "location_inc": "Tajikistan", "version": "24.1",
    } | more  # fmt: skip


def _only(header: str, row: dict[str, object]) -> dict[str, object]:
    names = next(csv.reader([header]))
    return {name: row[name] for name in row if name in names}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "wb").mkdir(parents=True)
    _ucdp(folder)
    _geography(folder)
    _world_bank(folder / "wb")
    people = {"Year": 1993, "Country of origin (ISO)": "TJK", "Country of asylum (ISO)": "UZB", "Country of origin": "Tajikistan"}
    _csv(
        folder / "population.csv",
        UNHCR,
        [people | {"Refugees under UNHCR's mandate": 4000}, people | {"Refugees under UNHCR's mandate": 50, "Year": 1994},
         people | {"Country of origin (ISO)": "UNK", "Refugees under UNHCR's mandate": 9000}, people | {"Refugees under UNHCR's mandate": "-", "Year": 1995}],
    )  # fmt: skip
    (folder / "notes.txt").write_text("nothing that anybody needs\n")
    (folder / "codebook.pdf").write_bytes(b"%PDF-1.4 \xff")
    return folder


def _ucdp(folder: Path) -> None:
    years = [_conflict(y, 100 * (y - 1991)) for y in range(1992, 1996)]
    earlier = [_conflict(1985, conflict_id=230, gwno_a=704, location="Uzbekistan")]
    _csv(folder / "UcdpPrioConflict_v24_1.csv", ACD, [_only(ACD, row) for row in earlier + years])
    _csv(folder / "BattleDeaths_v24_1_conf.csv", BRD, [_only(BRD, row) for row in years])
    event = {
        "year": 1993,
        "type_of_violence": 1,
        "country": "Tajikistan",
        "country_id": 702,
        "best": 7,
        "source_article": '"Asia-Plus, 3 Feb"; x',
    }
    _csv(
        folder / "GEDEvent_v24_1.csv",
        GED,
        [
            event | {"id": 1, "date_start": "1993-02-03 00:00:00.000"},
            event | {"id": 2, "date_start": "1993-02-20 00:00:00.000", "best": 5},
            event | {"id": 3, "date_start": "1993-12-01 00:00:00.000", "type_of_violence": 3},
        ],
    )
    help_ = {
        "year": 1993,
        "conflict_id": 395,
        "actor_nonstate": 1,
        "actor_name": "UTO",
        "ext_sup": 1,
        "ext_nonstate": 0,
        "ext_alleged": 0,
    }
    _csv(
        folder / "ucdp-esd-ty-181.csv",
        ESD,
        [
            help_ | {"ext_name": "Government of Afghanistan", "ext_w": 1},
            help_ | {"ext_name": "Government of Iran", "ext_alleged": 1},
            help_ | {"ext_name": "Jamiat", "ext_nonstate": 1},
            help_ | {"ext_sup": 0},
        ],
    )


def _geography(folder: Path) -> None:
    (folder / "ksgmdw.txt").write_text(
        "365\tRUS\tRussia (Soviet Union)\t01:01:1816\t31:12:2017\n"
        "700\tAFG\tAfghanistan\t01:01:1816\t31:12:2017\n"
        "702\tTAJ\tTajikistan\t09:09:1991\t31:12:2017\n"
        "704\tUZB\tUzbekistan\t31:08:1991\t31:12:2017\n"
        "817\tRVN\tVietnam, Republic of\t09:03:1954\t30:04:1975\n"
    )
    (folder / "microstates.txt").write_text("970\tKBI\tKiribati\t12:07:1979\t31:12:2017\n")
    (folder / "countryInfo.txt").write_text(
        "# a comment\n"
        "#ISO\tISO3\tISO-Numeric\tfips\tCountry\tCapital\tneighbours\tEquivalentFipsCode\n"
        "TJ\tTJK\t762\tTI\tTajikistan\tDushanbe\tAF,UZ\t\n"
        "UZ\tUZB\t860\tUZ\tUzbekistan\tTashkent\tAF,TJ\t\n"
        "AF\tAFG\t004\tAF\tAfghanistan\tKabul\tTJ,UZ\t\n"
        "RU\tRUS\t643\tRS\tRussia\tMoscow\t\t\n"
        "KI\tKIR\t296\tKR\tKiribati\tTarawa\t\t\n",
        encoding="utf-8",
    )
    city = (
        '1220\tDushanbe\tDushanbe\t"Dushanbe"\t38.5357\t68.7790\tP\t{0}\tTJ\t\t\t\t\t\t679400\t\t800\tAsia/Dushanbe\t2020-01-01\n'
    )
    (folder / "cities15000.txt").write_text(city.format("PPLC") + city.format("PPL").replace("38.5", "99.5"), encoding="utf-8")


def _world_bank(folder: Path) -> None:
    years = [str(y) for y in range(1988, 1996)]
    before = '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-06-28",\n\n'
    header = ",".join(['"Country Name"', '"Country Code"', '"Indicator Name"', '"Indicator Code"', *years, '""'])
    wanted = {
        "NY.GDP.PCAP.PP.KD": 3000.5,
        "SP.POP.TOTL": 5_500_000,
        "SP.DYN.IMRT.IN": 80,
        "GOV_WGI_GE.EST": -1.5,
        "FP.CPI.TOTL": 9,
    }
    for code, value in wanted.items():
        lines = [header]
        lines += [
            ",".join(['"x"', f'"{iso}"', '"an, indicator"', f'"{code}"', '""', *[f'"{value}"'] * 7, '""'])
            for iso in ("TJK", "UZB", "AFG", "RUS", "WLD")
        ]
        (folder / f"API_{code}_DS2_en_csv_v2_1.csv").write_text("\ufeff" + before + "\n".join(lines) + "\n", encoding="utf-8")
    (folder / "wgidataset.csv").write_text(
        "codeindyr,code,countryname,year,indicator,estimate,stddev,nsource,pctrank,pctranklower,pctrankupper\nTJKva1995,TJK,Tajikistan,1995,va,-1.8,0.2,5,3,1,7\n"
    )


def _lengths(codes: list[str]) -> dict[tuple[str, str], float]:
    assert codes == ["AFG", "TJK", "UZB"]
    return {("AFG", "TJK"): 1300.04, ("TJK", "UZB"): 1100.0}


def test_downloads_become_a_panel(raw: Path, tmp_path: Path) -> None:
    told: list[str] = []
    written = build_folder(raw, tmp_path / "data", _lengths, tell=told.append)
    assert not told
    assert {file.name: file.rows for file in written}["conflict_cm_ged_views.csv"] == 2
    panel = read_panel(tmp_path / "data")
    assert panel.states == ("AFG", "RUS", "TJK", "UZB")
    tjk, uzb, rus = (panel.state_index(code) for code in ("TJK", "UZB", "RUS"))
    assert panel.years.tolist() == list(range(1989, 1996))
    assert panel.years[panel.exists[tjk]].tolist() == list(range(1991, 1996))
    assert panel.years[panel.incidence[tjk]].tolist() == [1992, 1993, 1994, 1995]
    assert panel.deaths[tjk, 3:].tolist() == [100, 200, 300, 400]
    assert panel.quiet_before.tolist() == [10, 10, 10, 5]  # Uzbekistan: a conflict of 1985, six years before
    assert panel.monthly_deaths[tjk, 12 * 4 + 1] == 12
    assert panel.monthly_deaths[tjk, 12 * 4 + 11] == 0  # one-sided violence is another column
    assert panel.refugees[4, tjk, uzb] == 4000
    assert panel.refugees.sum() == 4000
    assert panel.population[tjk, 4] == 5.5
    assert panel.gdp_per_capita[rus, 0] == 3000.5
    assert panel.wgi[tjk, 4, 1] == -1.5
    assert panel.wgi[tjk, 6, 5] == -1.8
    assert panel.capital[tjk].tolist() == [38.5357, 68.779]
    assert [rebel.supporters for rebel in panel.rebels if rebel.year == 1993] == [1]


def test_soil_belonged_to_somebody_before(raw: Path, tmp_path: Path) -> None:
    build_folder(raw, tmp_path / "data", _lengths)
    panel = read_panel(tmp_path / "data")
    afg, rus, tjk = (panel.state_index(code) for code in ("AFG", "RUS", "TJK"))
    assert panel.border_km[0, afg, rus] == pytest.approx(1301.0)  # the Soviet Union; of AFG-UZB no length is known
    assert panel.border_km[3, afg, rus] == 0
    assert panel.border_km[3, afg, tjk] == pytest.approx(1300.0)


def test_a_built_folder_makes_a_world(raw: Path, tmp_path: Path) -> None:
    build_folder(raw, tmp_path / "data", _lengths)
    world = world_scenario(read_panel(tmp_path / "data"), 1995)
    assert [(c.state, c.group, c.fought) for c in world.conflicts] == [("TJK", "tjk-uto", True)]
    assert set(world.states) == {"AFG", "RUS", "TJK", "UZB"}


def test_a_file_of_the_data_folder_is_taken_as_it_is(raw: Path, tmp_path: Path) -> None:
    (raw / "security_blocs_dated.csv").write_text("bloc,iso3,start_year,end_year\nCSTO,RUS,1994,\nCSTO,TJK,1994,\n")
    build_folder(raw, tmp_path / "data", _lengths)
    assert world_scenario(read_panel(tmp_path / "data"), 1995).alliances["CSTO"].members == ["RUS", "TJK"]


def _spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("BattleDeaths_v24_1_conf.csv", "1993,200", "1993,many", "BattleDeaths_v24_1_conf.csv:3: column 'bd_best': 'many' is not a whole number"),
        ("GEDEvent_v24_1.csv", "1993-02-20", "20/02/93", "GEDEvent_v24_1.csv:3: column 'date_start'"),
        ("UcdpPrioConflict_v24_1.csv", "24.1", "24.1,surplus", "UcdpPrioConflict_v24_1.csv:2: 29 fields, but 28 are expected"),
        ("wb/API_SP.POP.TOTL_DS2_en_csv_v2_1.csv", "5500000", "plenty", "csv:6: column '1989': 'plenty' is not a number"),
        ("population.csv", "4000", "4 000", "population.csv:2: column \"refugees under unhcr's mandate\""),
        ("ksgmdw.txt", "702\tTAJ", "799\tTAJ", "ksgmdw.txt:3: no ISO 3166 code is known for state 799, Tajikistan"),
        ("ksgmdw.txt", "09:09:1991", "1991", "ksgmdw.txt:3: column 'start'"),
    ],
)  # fmt: skip
def test_ill_formed_rows_are_named_and_nothing_is_left(
    raw: Path, tmp_path: Path, name: str, old: str, new: str, expected: str
) -> None:
    _spoil(raw / name, old, new)
    with pytest.raises(PanelError) as error:
        build_folder(raw, tmp_path / "data", _lengths)
    assert expected in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw"]


def test_what_is_missing_is_named(raw: Path, tmp_path: Path) -> None:
    (raw / "UcdpPrioConflict_v24_1.csv").unlink()
    (raw / "countryInfo.txt").unlink()
    with pytest.raises(PanelError, match=r"UCDP/PRIO Armed Conflict Dataset; countryInfo\.txt of GeoNames"):
        build_folder(raw, tmp_path / "data", _lengths)


def test_what_is_not_needed_may_be_missing(raw: Path, tmp_path: Path) -> None:
    for name in ("GEDEvent_v24_1.csv", "ucdp-esd-ty-181.csv", "population.csv", "cities15000.txt"):
        (raw / name).unlink()
    told: list[str] = []
    build_folder(raw, tmp_path / "data", _lengths, tell=told.append)
    assert [line.split(":")[0] for line in told] == ["nothing on ged", "nothing on esd", "nothing on unhcr", "nothing on places"]
    fought = [c for c in world_scenario(read_panel(tmp_path / "data"), 1993).conflicts if c.fought]
    assert [(c.state, c.deaths_per_year.value) for c in fought] == [("TJK", 200)]


def test_an_old_folder_is_replaced_and_another_is_not(raw: Path, tmp_path: Path) -> None:
    target = tmp_path / "data"
    build_folder(raw, target, _lengths)
    (target / "left.txt").write_text("old")
    build_folder(raw, target, _lengths)
    assert not (target / "left.txt").exists()
    other = tmp_path / "letters"
    other.mkdir()
    (other / "dear.txt").write_text("mine")
    with pytest.raises(PanelError, match="not a data folder"):
        build_folder(raw, other, _lengths)
    assert (other / "dear.txt").read_text() == "mine"


def test_the_dyadic_file_is_not_that_of_conflicts(tmp_path: Path) -> None:
    path = tmp_path / "BattleDeaths_v24_1.csv"
    path.write_text("dyad_id," + BRD + "\n")
    assert recognise(path) is None


def test_borders_of_states_that_split_and_merge() -> None:
    states = [
        StateRow(316, "CZE", "", 1993, 2020, 0),
        StateRow(317, "SVK", "", 1993, 2020, 0),
        StateRow(315, "CSK", "", 1989, 1992, 0),
        StateRow(290, "POL", "", 1989, 2020, 0),
    ]
    today = {frozenset(("CZE", "POL")): 700.0, frozenset(("POL", "SVK")): 500.0, frozenset(("CZE", "SVK")): 240.0}
    assert dated_borders(today, states) == [
        ("CSK", "POL", 1989, 1992, 1200.0),
        ("CZE", "POL", 1993, 2020, 700.0),
        ("CZE", "SVK", 1993, 2020, 240.0),
        ("POL", "SVK", 1993, 2020, 500.0),
    ]


def test_words_of_downloads_do_not_become_formulas(raw: Path, tmp_path: Path) -> None:
    """Names of armed groups are taken over, whoever wrote them."""
    path = raw / "UcdpPrioConflict_v24_1.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("UTO", "=1+cmd"), encoding="utf-8")
    build_folder(raw, tmp_path / "data", _lengths)
    tables = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "data").iterdir()}
    assert "'=1+cmd" in tables["ucdp_acd_v241.csv"]
    assert not [name for name, text in tables.items() if ",=" in text or "\n=" in text]

"""export_person: everything that is kept of a person, no secret, nothing of others but their names."""

import json
import stat
import zipfile

import pytest
from django.core.management.base import CommandError

from core.models import Membership, Role
from tests.core.commands import answer, run
from tests.core.life import EMAIL, FULL_NAME, live
from tests.factories import make_close, make_organization, make_person

pytestmark = pytest.mark.django_db


def exported(tmp_path, *words) -> dict:
    path = tmp_path / "person.json"
    answer("export_person", *words, "--to", str(path))
    return json.loads(path.read_text())


def test_the_file_holds_every_kind(tmp_path):
    life = live()
    found = exported(tmp_path, "zqlogin")
    kept = found["kept"]
    for kind in ("memberships", "closes", "community_services", "contests", "absences", "jobs", "customers"):
        assert kept[kind], kind
    assert kept["account"][0]["email"] == EMAIL
    assert found["addresses"] == ["old@quartz.example", EMAIL]
    reasons = [row["reason"] for row in kept["closes"]]
    assert reasons == ["zqtext reason", "zqtext api"]
    assert kept["closes"][0]["closer"] == {"id": life.other.pk, "name": "bruno"}
    assert kept["appointments"][0]["comments"] == "zqtext knee"
    assert kept["messages"]
    assert {record["values"]["reason"] for record in found["history"]["closes"]} == {*reasons, "zqtext deleted"}


def test_what_he_did_to_rows_of_others_is_told_by_number_alone(tmp_path):
    life = live()
    found = exported(tmp_path, "zqlogin")
    other = life.rows["close_of_other"]
    assert {"what": "scheduling.close", "id": other.pk, "as": "closer"} in found["made"]
    assert "Somebody else's" not in json.dumps(found)
    assert [one for one in found["made"] if one.get("door") == "student"]


def test_no_secret_is_told(tmp_path):
    life = live()
    text = json.dumps(exported(tmp_path, "zqlogin"))
    secrets = [life.user.password, life.rows["appointment"].key, "token_hash", "pin_", '"token"', "link_version"]
    assert [secret for secret in secrets if secret in text] == []


def test_signatures_are_files_of_the_archive(tmp_path):
    live()
    path = tmp_path / "person.zip"
    answer("export_person", EMAIL, "--to", str(path))
    with zipfile.ZipFile(path) as archive:
        data = json.loads(archive.read("person.json"))
        name = data["kept"]["executions"][0]["signature"]
        assert archive.read(name).startswith(b"\x89PNG")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_json_has_the_files_inside(tmp_path):
    live()
    found = exported(tmp_path, EMAIL)
    assert found["files"][found["kept"]["executions"][0]["signature"]].startswith("iVBOR")


def test_one_organization_tells_of_its_own_rows(tmp_path):
    life, elsewhere = live(), make_organization()
    Membership.objects.create(user=life.user, organization=elsewhere, role=Role.STUDENT)
    make_close(elsewhere, student=life.user, reason="zqtext elsewhere")
    found = exported(tmp_path, "zqlogin", "--organization", str(elsewhere.pk))
    assert set(found["kept"]) == {"memberships", "closes"}
    assert [row["reason"] for row in found["kept"]["closes"]] == ["zqtext elsewhere"]


def test_somebody_without_an_account_is_found_by_the_address(tmp_path):
    life = live()
    type(life.user).objects.filter(pk=life.user.pk).update(email="other@example.org")
    found = exported(tmp_path, EMAIL)
    assert "account" not in found["kept"]
    assert found["kept"]["company_contacts"][0]["name"] == FULL_NAME
    assert found["made"] == []


@pytest.mark.parametrize(
    ("person", "file", "told"),
    [
        ("nobody", "a.json", "Nobody has this login"),
        ("nobody@example.org", "a.json", "Nothing is kept"),
        ("ada", "a.txt", "must end in"),
        ("ada", "there.json", "File exists"),
        ("99999999999999999999", "a.json", "Nobody has this login"),
    ],
)
def test_it_is_refused_in_a_sentence(tmp_path, person, file, told):
    make_person("ada")
    (tmp_path / "there.json").write_text("kept")
    with pytest.raises(CommandError, match=told):
        run("export_person", person, "--to", str(tmp_path / file))
    assert (tmp_path / "there.json").read_text() == "kept"

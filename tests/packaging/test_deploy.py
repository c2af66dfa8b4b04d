"""The files with which several servers are deployed agree with the docs and with each other."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ffremote.config import Settings, load_settings, variable
from tests.support.nginx import blocks, documented
from tests.support.paths import CHECKOUT

MANIFESTS = CHECKOUT / "deploy/k8s"
KNOWN = {variable(name) for name in Settings.model_fields}


def manifests() -> list[dict[str, Any]]:
    return [
        document
        for path in sorted(MANIFESTS.glob("*.yaml"))
        for document in yaml.safe_load_all(path.read_text())
        if path.name != "kustomization.yaml"
    ]


def pods() -> list[dict[str, Any]]:
    """Return the pod templates of all manifests."""
    specs = [each["spec"] for each in manifests() if "spec" in each]
    jobs = [spec.get("jobTemplate", {"spec": spec})["spec"] for spec in specs]
    return [job["template"] for job in jobs if "template" in job]


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.fleet.yml").read_text())
    return loaded


def plain(text: str) -> list[str]:
    lines = [re.sub(r"\s*#.*", "", line).strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("resolver")]


def test_kustomize_applies_every_manifest_and_its_secret_stays_out_of_git() -> None:
    kustomization = yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text())
    [secret] = kustomization["secretGenerator"]

    files = {path.name for path in MANIFESTS.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(kustomization["resources"]) == files
    assert set(kustomization) <= {
        *("apiVersion", "kind", "namespace", "resources", "secretGenerator", "images")
    }
    for name in secret["envs"]:
        ignored = ["git", "check-ignore", "--quiet", f"deploy/k8s/{name}"]
        assert subprocess.run(ignored, cwd=CHECKOUT, check=False).returncode in (0, 128)
        assert (MANIFESTS / f"{name}.example").exists()


def test_every_pod_is_restricted_and_has_the_settings() -> None:
    for pod in pods():
        spec = pod["spec"]
        [container] = spec["containers"]
        assert spec["securityContext"]["runAsUser"] == 10001
        assert spec["automountServiceAccountToken"] is False
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        named = [next(iter(each.values()))["name"] for each in container["envFrom"]]
        assert named == ["ffremote", "ffremote"]
        assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/data", "/tmp"}
        assert "memory" in container["resources"]["limits"]
    assert len(pods()) == 4


def test_policies_and_budgets_select_pods_that_there_are() -> None:
    labels = [pod["metadata"]["labels"] for pod in pods()]
    for each in manifests():
        selector = each.get("spec", {})
        selector = selector.get("podSelector") or selector.get("selector") or {}
        wanted = selector.get("matchLabels", selector if each["kind"] == "Service" else {})
        assert any(wanted.items() <= found.items() for found in labels), each["metadata"]


@pytest.mark.parametrize("source", ["config.yaml", "secret.env.example", "compose"])
def test_every_setting_is_one(source: str) -> None:
    if source == "compose":
        names = set(compose()["x-service"]["environment"])
    elif source.endswith(".yaml"):
        config = yaml.safe_load((MANIFESTS / source).read_text())["data"]
        names = set(config)
        assert load_settings(config).s3 is not None
    else:
        text = (MANIFESTS / source).read_text()
        names = set(re.findall(r"^(\w+)=", text, re.M))

    unknown = {name for name in names if not name.startswith("AWS_")} - KNOWN
    assert unknown == set()


def test_the_proxy_of_the_fleet_has_the_documented_locations() -> None:
    conf = plain((CHECKOUT / "deploy/fleet/nginx.conf").read_text())

    for line in plain(documented("fleet.md", "", Path("/"))):
        assert line in conf
    for line in plain(blocks("fleet.md")[1]):
        assert line.startswith("server ") or line in conf
    assert "proxy_set_header X-Accel-Prefix /_files/;" in conf
    assert compose()["x-service"]["environment"]["FFREMOTE_ACCEL_PREFIX"] == "/_files/"


def test_the_fleet_is_two_servers_four_workers_and_what_they_need() -> None:
    services = compose()["services"]

    assert {"db", "s3", "server1", "server2", "proxy", "worker"} <= set(services)
    assert services["worker"]["deploy"]["replicas"] == "${FFREMOTE_WORKERS:-4}"
    stood_in = (CHECKOUT / "tools/stand_ins/Dockerfile").read_text()
    foreign = {each["image"] for each in services.values() if ":-" not in each["image"]}
    for image in foreign:
        assert f"AS {image.partition(':')[0].rpartition('/')[2]}\n" in stood_in

"""What every node of a Spark cluster really runs."""

from cluster_inventory.errors import ClusterInventoryError, CouldNotAsk, PySparkMissing
from cluster_inventory.inventory import ask, check, inventory
from cluster_inventory.node import Cluster, Node
from cluster_inventory.report import ClusterReport, Disagreement, NodeReport

__all__ = [
    "Cluster",
    "ClusterInventoryError",
    "ClusterReport",
    "CouldNotAsk",
    "Disagreement",
    "Node",
    "NodeReport",
    "PySparkMissing",
    "ask",
    "check",
    "inventory",
]

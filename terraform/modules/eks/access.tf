# Who may use the cluster. Only these entries count: the creator gets none, and no ConfigMap is read.

resource "aws_eks_access_entry" "admin" {
  for_each = toset(var.admin_arns)

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = each.value
}

resource "aws_eks_access_policy_association" "admin" {
  for_each = aws_eks_access_entry.admin

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = each.value.principal_arn
  policy_arn    = "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

  access_scope {
    type = "cluster"
  }
}

# Delivery may change everything in one namespace. AWS' policy knows no custom resources: the group is bound to a role for
# those by the add-ons (delivery-role.yaml).
resource "aws_eks_access_entry" "delivery" {
  count = var.delivery == null ? 0 : 1

  cluster_name      = aws_eks_cluster.this.name
  principal_arn     = var.delivery.role_arn
  kubernetes_groups = ["coppice-delivery"]
}

resource "aws_eks_access_policy_association" "delivery" {
  count = var.delivery == null ? 0 : 1

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_eks_access_entry.delivery[0].principal_arn
  policy_arn    = "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy"

  access_scope {
    type       = "namespace"
    namespaces = [var.delivery.namespace]
  }
}

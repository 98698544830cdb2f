# Add-ons that AWS keeps in step with the cluster's version. All others are charts (cluster/add-ons).

module "vpc_cni" {
  source = "../service-account"

  name            = "${var.name}-vpc-cni"
  oidc            = local.oidc
  namespace       = "kube-system"
  service_account = "aws-node"
  policy_arns     = ["${local.aws_policy}/AmazonEKS_CNI_Policy"]
}

module "ebs_csi" {
  source = "../service-account"

  name            = "${var.name}-ebs-csi"
  oidc            = local.oidc
  namespace       = "kube-system"
  service_account = "ebs-csi-controller-sa"
  policy_arns     = ["${local.aws_policy}/service-role/AmazonEBSCSIDriverPolicy"]
}

locals {
  oidc = {
    provider_arn = aws_iam_openid_connect_provider.this.arn
    issuer       = replace(aws_iam_openid_connect_provider.this.url, "https://", "")
  }
  before_nodes = {
    kube-proxy = {}
    # NetworkPolicy objects hold only with this switch
    vpc-cni = { role_arn = module.vpc_cni.role_arn, settings = { enableNetworkPolicy = "true" } }
  }
  on_nodes = {
    coredns            = {}
    aws-ebs-csi-driver = { role_arn = module.ebs_csi.role_arn, settings = { defaultStorageClass = { enabled = true } } }
  }
}

resource "aws_eks_addon" "before_nodes" {
  for_each = local.before_nodes

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  service_account_role_arn    = try(each.value.role_arn, null)
  configuration_values        = try(jsonencode(each.value.settings), null)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
}

resource "aws_eks_addon" "on_nodes" {
  for_each = local.on_nodes

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  service_account_role_arn    = try(each.value.role_arn, null)
  configuration_values        = try(jsonencode(each.value.settings), null)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  depends_on = [aws_eks_node_group.this]
}

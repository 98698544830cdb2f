# The cluster autoscaler sees all groups, and resizes those of this cluster only.

data "aws_iam_policy_document" "autoscaler" {
  statement {
    sid = "See"
    # these actions know no resources
    actions = [
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeAutoScalingInstances",
      "autoscaling:DescribeLaunchConfigurations",
      "autoscaling:DescribeScalingActivities",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeLaunchTemplateVersions",
      "ec2:GetInstanceTypesFromInstanceRequirements",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "SeeNodeGroups"
    actions   = ["eks:DescribeNodegroup"]
    resources = [replace(var.cluster.arn, ":cluster/${var.cluster.name}", ":nodegroup/${var.cluster.name}/*")]
  }

  statement {
    sid       = "Resize"
    actions   = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/k8s.io/cluster-autoscaler/${var.cluster.name}"
      values   = ["owned"]
    }
  }
}

module "autoscaler" {
  source = "../service-account"

  name            = "${var.name}-cluster-autoscaler"
  oidc            = var.oidc
  namespace       = "kube-system"
  service_account = "cluster-autoscaler"
  policies        = { autoscaler = data.aws_iam_policy_document.autoscaler.json }
}

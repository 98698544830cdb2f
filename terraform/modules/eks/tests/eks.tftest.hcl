# The plan of the cluster alone, with a mock provider.

mock_provider "aws" {
  source = "../../cluster/tests/aws"
}

variables {
  name               = "coppice"
  kubernetes_version = "1.36"
  subnet_ids         = ["subnet-0aaa", "subnet-0bbb"]
  endpoint_cidrs     = []
  admin_arns         = ["arn:aws:iam::123456789012:role/admin"]
  kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0aaa"
  log_days           = 30
  node_types         = ["t3.large"]
  node_count         = { min = 2, max = 5 }
  node_volume_gb     = 40
}

run "is_private_with_encrypted_secrets_and_all_logs" {
  assert {
    condition     = !aws_eks_cluster.this.vpc_config[0].endpoint_public_access && aws_eks_cluster.this.vpc_config[0].endpoint_private_access
    error_message = "the endpoint is public"
  }
  assert {
    condition     = aws_eks_cluster.this.encryption_config[0].resources == toset(["secrets"]) && length(aws_eks_cluster.this.enabled_cluster_log_types) == 5
    error_message = "secrets are not encrypted, or a log is off"
  }
}

run "opens_the_endpoint_to_the_given_networks" {
  variables {
    endpoint_cidrs = ["203.0.113.7/32"]
  }
  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_public_access && aws_eks_cluster.this.vpc_config[0].public_access_cidrs == toset(["203.0.113.7/32"])
    error_message = "the endpoint is not open to the one network"
  }
}

run "knows_only_its_access_entries" {
  variables {
    delivery = { role_arn = "arn:aws:iam::123456789012:role/coppice-delivery", namespace = "coppice" }
  }
  assert {
    condition     = aws_eks_cluster.this.access_config[0].authentication_mode == "API" && !aws_eks_cluster.this.access_config[0].bootstrap_cluster_creator_admin_permissions
    error_message = "others have access too"
  }
  assert {
    condition     = keys(aws_eks_access_policy_association.admin) == ["arn:aws:iam::123456789012:role/admin"]
    error_message = "the admins differ"
  }
  assert {
    condition     = aws_eks_access_policy_association.delivery[0].access_scope[0].namespaces == toset(["coppice"]) && endswith(aws_eks_access_policy_association.delivery[0].policy_arn, "/AmazonEKSAdminPolicy")
    error_message = "delivery reaches beyond its namespace"
  }
}

run "installs_what_nodes_need_and_holds_network_policies" {
  assert {
    condition     = toset(concat(keys(aws_eks_addon.before_nodes), keys(aws_eks_addon.on_nodes))) == toset(["aws-ebs-csi-driver", "coredns", "kube-proxy", "vpc-cni"])
    error_message = "an add-on is missing"
  }
  assert {
    condition     = jsondecode(aws_eks_addon.before_nodes["vpc-cni"].configuration_values).enableNetworkPolicy == "true"
    error_message = "network policies would not hold"
  }
}

run "keeps_pods_from_the_role_of_the_node" {
  assert {
    condition     = aws_launch_template.node.metadata_options[0].http_tokens == "required" && aws_launch_template.node.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "a pod reaches the node's role"
  }
  assert {
    condition     = alltrue([for attachment in aws_iam_role_policy_attachment.node : !strcontains(attachment.policy_arn, "FullAccess") && !strcontains(attachment.policy_arn, "CNI")])
    error_message = "the node's role is too wide"
  }
}

run "picks_the_image_for_graviton" {
  variables {
    node_types = ["t4g.large"]
  }
  assert {
    condition     = aws_eks_node_group.this.ami_type == "AL2023_ARM_64_STANDARD"
    error_message = "Graviton needs the arm64 image"
  }
}

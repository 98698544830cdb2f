output "name" {
  description = "Name of the cluster."
  value       = aws_eks_cluster.this.name
}

output "arn" {
  description = "ARN of the cluster."
  value       = aws_eks_cluster.this.arn
}

output "security_group_id" {
  description = "Security group that EKS gives control plane and nodes."
  value       = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
}

output "oidc" {
  description = "The cluster's OpenID Connect provider: its ARN, and its issuer without https://."
  value       = local.oidc
}

output "autoscaling_group_names" {
  description = "Auto Scaling groups of the nodes."
  value       = flatten(aws_eks_node_group.this.resources[*].autoscaling_groups[*].name)
}

output "service_account_role_arns" {
  description = "Role of each workload's service account."
  value       = { for name, role in module.workload : name => role.role_arn }
}

output "load_balancer_role_arn" {
  description = "Role of the load-balancer controller."
  value       = module.load_balancer.role_arn
}

output "autoscaler_role_arn" {
  description = "Role of the cluster autoscaler."
  value       = module.autoscaler.role_arn
}

output "delivery_role_arn" {
  description = "Role that GitHub Actions take, or null."
  value       = one(aws_iam_role.delivery[*].arn)
}

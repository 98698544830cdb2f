output "cluster_name" {
  description = "Name of the cluster."
  value       = module.eks.name
}

output "kubeconfig_command" {
  description = "Writes the cluster into your kubeconfig."
  value       = "aws eks update-kubeconfig --region ${var.region} --name ${module.eks.name}"
}

output "registry" {
  description = "Value of REGISTRY for images and chart: the address before their names, with a slash at the end."
  value       = "${split("/", values(module.registry.repository_urls)[0])[0]}/"
}

output "releases" {
  description = "Address of the registry of releases, for the chart's value of it."
  value       = "s3://${module.registry.bucket}"
}

output "database_address" {
  description = "Host name of PostgreSQL, or null."
  value       = one(module.database[*].address)
}

output "database_master_secret_arn" {
  description = "Secret in Secrets Manager with the master's name and password, or null."
  value       = one(module.database[*].master_secret_arn)
}

output "service_account_role_arns" {
  description = "Role of each service account, for its annotation eks.amazonaws.com/role-arn."
  value       = module.identity.service_account_role_arns
}

output "delivery_role_arn" {
  description = "Role that GitHub Actions take, or null."
  value       = module.identity.delivery_role_arn
}

output "add_ons" {
  description = "What add-ons/install.sh reads."
  value = {
    CLUSTER_NAME           = module.eks.name
    REGION                 = var.region
    VPC_ID                 = module.network.vpc_id
    NAMESPACE              = var.namespace
    LOAD_BALANCER_ROLE_ARN = module.identity.load_balancer_role_arn
    AUTOSCALER_ROLE_ARN    = module.identity.autoscaler_role_arn
  }
}

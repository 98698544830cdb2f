variable "name" {
  description = "Prefix of the names of the roles."
  type        = string
}

variable "oidc" {
  description = "The cluster's OpenID Connect provider: its ARN, and its issuer without https://."
  type        = object({ provider_arn = string, issuer = string })
}

variable "cluster" {
  description = "The cluster that the add-ons' roles belong to."
  type        = object({ name = string, arn = string, security_group_id = string })
}

variable "vpc_id" {
  description = "VPC of the cluster."
  type        = string
}

variable "namespace" {
  description = "Namespace of the workloads' service accounts."
  type        = string
}

variable "service_accounts" {
  description = "What each service account may do with the bucket of releases: read or write."
  type        = map(string)

  validation {
    condition     = alltrue([for access in values(var.service_accounts) : contains(["read", "write"], access)])
    error_message = "service_accounts must map each name to read or write."
  }
}

variable "bucket_arn" {
  description = "ARN of the bucket of releases."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the bucket."
  type        = string
}

variable "repository_arns" {
  description = "ECR repositories that delivery pushes to."
  type        = list(string)
}

variable "github" {
  description = "Repository (owner/name) and environment whose workflows deliver; provider_arn where the account has GitHub's provider already. Null: nobody delivers."
  type        = object({ repository = string, environment = string, provider_arn = optional(string) })
  default     = null
}

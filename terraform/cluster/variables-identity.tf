variable "namespace" {
  description = "Namespace that the chart is installed in."
  type        = string
  default     = "coppice"

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace)) && !startswith(var.namespace, "kube-")
    error_message = "namespace must be a name of Kubernetes that does not begin with kube-."
  }
}

variable "service_accounts" {
  description = "Service accounts of the chart that get a role, and what each may do with the bucket of releases: read or write."
  type        = map(string)
  default     = { coppice-gateway = "write", coppice-model = "read", coppice-trainer = "write" }

  validation {
    condition     = alltrue([for access in values(var.service_accounts) : contains(["read", "write"], access)])
    error_message = "service_accounts must map each name to read or write."
  }
}

variable "github" {
  description = "Repository (owner/name) and environment whose workflows deliver; provider_arn where the account has GitHub's provider already. Null: nobody delivers."
  type        = object({ repository = string, environment = optional(string, "production"), provider_arn = optional(string) })
  default     = null

  validation {
    condition     = var.github == null || can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github.repository))
    error_message = "github.repository must be owner/name, without wildcards."
  }

  validation {
    condition     = var.github == null || can(regex("^[A-Za-z0-9._-]+$", var.github.environment))
    error_message = "github.environment must be the name of an environment, without wildcards."
  }

  validation {
    condition     = try(var.github.provider_arn == null, true) || can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/token\\.actions\\.githubusercontent\\.com$", var.github.provider_arn))
    error_message = "github.provider_arn must be the ARN of the provider of token.actions.githubusercontent.com, or null."
  }
}

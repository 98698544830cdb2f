variable "name" {
  description = "Name of the role."
  type        = string
}

variable "oidc" {
  description = "The cluster's OpenID Connect provider: its ARN, and its issuer without https://."
  type        = object({ provider_arn = string, issuer = string })
}

variable "namespace" {
  description = "Namespace of the service account."
  type        = string
}

variable "service_account" {
  description = "Name of the service account."
  type        = string
}

variable "policies" {
  description = "Policies of the role, JSON by name."
  type        = map(string)
  default     = {}
}

variable "policy_arns" {
  description = "Policies of AWS that the role gets too."
  type        = list(string)
  default     = []
}

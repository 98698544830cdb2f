variable "repositories" {
  description = "Names of the ECR repositories."
  type        = list(string)
}

variable "bucket" {
  description = "Name of the bucket of releases."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts images and releases."
  type        = string
}

variable "keep_images" {
  description = "Images to keep per repository."
  type        = number
  default     = 10
}

variable "untagged_days" {
  description = "Days to keep an image without a tag."
  type        = number
  default     = 7
}

variable "retention_days" {
  description = "Days to keep overwritten and deleted objects of the registry."
  type        = number
  default     = 90
}

# Automatic recovery and daily snapshots.

locals {
  recovery = var.recovery_alarm ? {
    recover = { metric = "StatusCheckFailed_System", periods = 2 }
    reboot  = { metric = "StatusCheckFailed_Instance", periods = 3 }
  } : {}
}

resource "aws_cloudwatch_metric_alarm" "recovery" {
  for_each = local.recovery

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.metric}: ${each.key} the host"
  namespace           = "AWS/EC2"
  metric_name         = each.value.metric
  dimensions          = { InstanceId = aws_instance.host.id }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = each.value.periods
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  alarm_actions       = compact(["arn:${data.aws_partition.current.partition}:automate:${var.region}:ec2:${each.key}", var.alarm_topic_arn])
}

data "aws_iam_policy_document" "assume_dlm" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["dlm.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "snapshots" {
  count = var.snapshot_days > 0 ? 1 : 0

  name_prefix        = "${var.name}-dlm-"
  assume_role_policy = data.aws_iam_policy_document.assume_dlm.json
}

resource "aws_iam_role_policy_attachment" "snapshots" {
  count = var.snapshot_days > 0 ? 1 : 0

  role       = aws_iam_role.snapshots[0].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole"
}

resource "aws_dlm_lifecycle_policy" "data" {
  count = var.snapshot_days > 0 ? 1 : 0

  description        = "Daily snapshots of the data volume of ${var.name}"
  execution_role_arn = aws_iam_role.snapshots[0].arn

  policy_details {
    resource_types = ["VOLUME"]
    target_tags    = { Snapshots = "${var.name}-daily" }

    schedule {
      name      = "daily"
      copy_tags = true

      create_rule {
        interval      = 24
        interval_unit = "HOURS"
        times         = ["03:00"]
      }

      retain_rule {
        count = var.snapshot_days
      }
    }
  }
}

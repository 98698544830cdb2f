{{/* An autoscaler: dict root, component, name, autoscaling, replicas, slot. It alone writes the number of pods, a fixed one too: whatever
else did would fight it over that field, or leave one pod for a moment when it is turned on. It grows at once, and shrinks by one pod a minute once it was quiet for settleSeconds. */}}
{{- define "coppice.autoscaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .name }}
  labels: {{ include "coppice.labels" . | nindent 4 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ .name }} }
  minReplicas: {{ ternary .autoscaling.min .replicas .autoscaling.enabled }}
  maxReplicas: {{ ternary .autoscaling.max .replicas .autoscaling.enabled }}
  metrics:
    {{- range $resource := list "cpu" "memory" }}
    {{- with index $.autoscaling $resource }}
    - type: Resource
      resource: { name: {{ $resource }}, target: { type: Utilization, averageUtilization: {{ . }} } }
    {{- end }}
    {{- end }}
  behavior:
    scaleUp:
      policies: [{ type: Pods, value: 2, periodSeconds: 30 }]
    scaleDown:
      stabilizationWindowSeconds: {{ .autoscaling.settleSeconds }}
      policies: [{ type: Pods, value: 1, periodSeconds: 60 }]
{{- end }}

{{/* A disruption budget: dict root, component, name, budget, slot. */}}
{{- define "coppice.budget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  labels: {{ include "coppice.labels" . | nindent 4 }}
spec:
  {{- if hasKey .budget "minAvailable" }}
  minAvailable: {{ .budget.minAvailable }}
  {{- else }}
  maxUnavailable: {{ .budget.maxUnavailable }}
  {{- end }}
  # a pod that does not serve must not keep its node from being drained
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{ include "coppice.selector" . | nindent 6 }}
{{- end }}

{{/* A service: dict root, component, name, port, slot. */}}
{{- define "coppice.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  labels: {{ include "coppice.labels" . | nindent 4 }}
spec:
  selector: {{ include "coppice.selector" . | nindent 4 }}
  ports:
    - { name: http, port: {{ .port }}, targetPort: http, appProtocol: http }
{{- end }}

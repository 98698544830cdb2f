{{/* What every pod has: dict root, component, image, slot, and account if it is not the component's own. */}}
{{- define "coppice.podBasics" -}}
serviceAccountName: {{ .account | default (printf "%s-%s" (include "coppice.fullname" .root) (.component | replace "training" "trainer")) }}
# no program talks to the API server
automountServiceAccountToken: false
# a service called gateway would set GATEWAY_PORT in every pod
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* Replicas apart from each other, in zones and on hosts, as far as the nodes allow. */}}
{{- define "coppice.spread" -}}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "coppice.selector" $ | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}

{{/* A container's image and walls: dict root, image. */}}
{{- define "coppice.containerBasics" -}}
image: {{ include "coppice.image" . }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* Compose's health check on /ready decides about traffic only: a pod is restarted when /health, which asks nobody else, fails. */}}
{{- define "coppice.probes" -}}
startupProbe:
  httpGet: { path: /health, port: http }
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /health, port: http }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet: { path: /ready, port: http }
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
# the time in which everybody learns that this pod takes no more; SIGTERM follows
lifecycle:
  preStop: { sleep: { seconds: {{ .Values.drainSeconds }} } }
{{- end }}

{{/* Seconds for the preStop, for SHUTDOWN_GRACE, and to spare: dict root, settings. */}}
{{- define "coppice.grace" -}}
{{- $grace := 10 -}}
{{- if hasKey .settings "SHUTDOWN_GRACE" }}{{ $grace = ceil .settings.SHUTDOWN_GRACE | int }}{{ end -}}
{{- add .root.Values.drainSeconds $grace 15 -}}
{{- end }}

{{/* Settings as text. YAML reads on and off as true and false, which no setting takes. */}}
{{- define "coppice.settings" -}}
{{- range $name, $value := . }}
{{- if kindIs "bool" $value }}{{ $value = ternary "on" "off" $value }}{{ end }}
{{ $name }}: {{ ternary ($value | toString) ($value | toJson) (kindIs "string" $value) | quote }}
{{- end }}
{{- end }}

{{/* Where the releases are, as environment variables. */}}
{{- define "coppice.releasesSettings" -}}
{{- $releases := .Values.releases -}}
{{- if and $releases.url $releases.existingClaim }}{{ fail "releases.url and releases.existingClaim are both set: the releases are in one place" }}{{ end -}}
{{- if not (or $releases.url $releases.existingClaim) }}{{ fail "releases.url (s3://bucket/prefix) or releases.existingClaim (a volume) is needed: the models come from there" }}{{ end -}}
REGISTRY_URL: {{ $releases.url | default "/app/artifacts/registry" }}
{{- with $releases.region }}
AWS_REGION: {{ . }}
{{- end }}
{{- with $releases.endpoint }}
AWS_ENDPOINT_URL: {{ . }}
{{- end }}
{{- end }}

{{/* The keys of the store. */}}
{{- define "coppice.releasesKeys" -}}
{{- $secret := .Values.releases.existingSecret -}}
{{- range list "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" }}
- name: {{ . }}
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ . }} } }
{{- end }}
{{- end }}

{{/* A client of the chart's own MLflow, as environment variables. */}}
{{- define "coppice.mlflowClient" -}}
- { name: MLFLOW_TRACKING_URI, value: 'http://{{ include "coppice.fullname" . }}-mlflow:5000' }
{{- with .Values.mlflow.existingSecret }}
- { name: MLFLOW_TRACKING_USERNAME, value: admin }
- name: MLFLOW_TRACKING_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ . }}, key: MLFLOW_TRACKING_PASSWORD, optional: true } }
{{- end }}
{{- end }}
